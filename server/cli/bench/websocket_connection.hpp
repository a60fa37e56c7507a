#pragma once

#include "server/cli/bench/connection.hpp"
#include "server/cli/bench/frame.hpp"

namespace bayeux::cli {

/// A WebSocket without extensions. It is opened with the first message that is sent.
class WebSocketConnection : public Connection {
public:
    class Owner {
    public:
        virtual ~Owner() = default;

        /// The server has accepted it.
        virtual void opened() {}
        /// A text message has come. A Failure may be thrown.
        virtual void received(std::string_view message) = 0;
    };

    WebSocketConnection(Network& network, Owner& owner) : Connection(network), owner_(owner) {}

    void send_text(std::string_view message);
    /// For a socket on which nothing is to be said at first.
    void open();
    void close();

    /// Whether the server has accepted it.
    bool is_up() const { return is_up_; }

private:
    void send_frame(Opcode opcode, std::string_view payload);
    std::size_t take(std::string_view bytes) override;
    std::size_t take_upgrade(std::string_view bytes);
    void take(Frame const& frame);
    void lost(std::string const& why) override;

    Owner& owner_;
    bool is_up_ = false;
    std::string waiting_; // what was sent before the socket was up
    std::string fragments_;
};

} // namespace bayeux::cli
