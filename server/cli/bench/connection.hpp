#pragma once

#include "server/cli/bench/network.hpp"

#include <string>
#include <string_view>

namespace bayeux::cli {

/// A TCP connection that is opened when something is sent, and again after it was closed. It holds
/// memory only for what is unsent or has arrived in part. It stays where it is.
class Connection : private Watched {
public:
    explicit Connection(Network& network) : network_(network) {}
    ~Connection() override { close(); }
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    bool is_open() const { return descriptor_ >= 0; }
    /// Resets it, so that no port is kept by a connection that is over.
    void close();

protected:
    Network& network() const { return network_; }

    void send(std::string_view bytes);

    /// Takes the messages that are complete off the front of what has arrived.
    /// @return how many bytes they are
    virtual std::size_t take(std::string_view bytes) = 0;
    /// It was closed, by the server or by trouble. Not called by close().
    virtual void lost(std::string const& why) = 0;

private:
    void ready(std::uint32_t events) override;
    void receive();
    void flush();
    void lose(std::string const& why);

    Network& network_;
    int descriptor_ = -1;
    int trouble_ = 0; // errno of a send
    bool waits_to_send_ = false;
    unsigned opened_ = 0; // how often
    std::string unsent_;
    std::string partial_;
};

} // namespace bayeux::cli
