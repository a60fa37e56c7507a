#pragma once

#include "server/cli/bench/loop.hpp"
#include "server/cli/bench/url.hpp"

#include <cstddef>
#include <netinet/in.h>
#include <string>
#include <vector>

namespace bayeux::cli {

/// What all connections of a run have in common.
class Network {
public:
    /// @param sources IPv4 addresses to connect from in turn, since one has about 28,000 ports; if
    ///     there is none, sixteen of the loopback network for a server there, else the system's
    ///     choice
    /// @throws Failure when an address is unknown
    Network(Loop& loop, Url const& url, std::vector<std::string> const& sources);

    Loop& loop() { return loop_; }
    std::string const& path() const { return path_; }
    std::string const& authority() const { return authority_; }

    /// A socket that does not block and is being connected.
    int connect();

    /// For a request or frame that is built and sent at once; empty.
    std::string& scratch();
    /// The same for the messages in it.
    std::string& messages();
    /// The body of an answer in chunks, while it is dealt with.
    std::string& joined() { return joined_; }

private:
    Loop& loop_;
    std::string path_;
    std::string authority_;
    sockaddr_in target_{};
    std::vector<sockaddr_in> sources_;
    std::size_t next_source_ = 0;
    std::string scratch_;
    std::string messages_;
    std::string joined_;
};

/// Raises the limit of descriptors as far as it may be.
/// @throws Failure when it is below what so many connections need
void need_descriptors(std::size_t connections);

} // namespace bayeux::cli
