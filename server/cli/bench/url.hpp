#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bayeux::cli {

/// Where requests go.
struct Url {
    std::string host;
    std::uint16_t port = 80;
    std::string path; ///< with the query, begins with `/`

    /// host:port, for the header field Host
    std::string authority() const;
};

/// `http://host:port/path` or `ws://…`; the port is 80 and the path `/` if they are missing.
/// @throws Failure
Url parse_url(std::string_view text);

} // namespace bayeux::cli
