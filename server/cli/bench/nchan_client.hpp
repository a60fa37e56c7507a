#pragma once

#include "server/cli/bench/client.hpp"
#include "server/cli/bench/http_connection.hpp"
#include "server/cli/bench/transport.hpp"
#include "server/cli/bench/websocket_connection.hpp"

#include <optional>
#include <string>

namespace bayeux::cli {

/// Who listens to the one channel that a URL is for nginx's module nchan, by GET requests that are
/// held, or by a WebSocket. Not Bayeux: what can be had without sessions.
class NchanSubscriber final : public Client,
                              public HttpConnection::Owner,
                              public WebSocketConnection::Owner {
public:
    NchanSubscriber(Network& network, TransportType transport, Client::Owner& owner,
        std::uint32_t index, std::vector<std::uint32_t> rooms);

    void start() override;
    bool busy() const override { return true; }
    void publish(std::span<Outgoing const> messages, std::string_view padding) override;
    std::size_t most_at_once() const override { return 0; }

private:
    void answered(HttpConnection& connection, HttpAnswer const& answer) override;
    void opened() override;
    void received(std::string_view message) override;
    void ask();

    Network& network_;
    std::optional<HttpConnection> connection_;
    std::optional<WebSocketConnection> socket_;
    std::string position_; // header fields that ask for what follows the last message
};

/// Posts one message at a time.
class NchanPublisher final : public Client, public HttpConnection::Owner {
public:
    NchanPublisher(Network& network, Client::Owner& owner, std::uint32_t index);

    void start() override;
    bool busy() const override { return connection_.busy(); }
    void publish(std::span<Outgoing const> messages, std::string_view padding) override;
    std::size_t most_at_once() const override { return 1; }

private:
    void answered(HttpConnection& connection, HttpAnswer const& answer) override;

    Network& network_;
    HttpConnection connection_;
};

} // namespace bayeux::cli
