#include "server/cli/bench/transport.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/http_connection.hpp"
#include "server/cli/bench/websocket_connection.hpp"
#include "server/printable.hpp"

namespace bayeux::cli {
namespace {

/// A connection for the polls, and another one only for who sends while a poll is held.
class LongPolling final : public Transport, public HttpConnection::Owner {
public:
    LongPolling(Network& network, Transport::Owner& owner)
        : network_(network), owner_(owner), poll_(network, *this)
    {}

    void send(std::string_view messages, Lane lane) override
    {
        if (lane == Lane::command && !command_) {
            command_ = std::make_unique<HttpConnection>(network_, *this);
        }
        (lane == Lane::poll ? poll_ : *command_).post(cookie_, messages);
    }

    bool busy(Lane lane) const override
    {
        return lane == Lane::poll ? poll_.busy() : command_ && command_->busy();
    }

    std::string_view connection_type() const override { return "long-polling"; }

    void close() override
    {
        poll_.close();
        command_.reset();
        cookie_.clear();
    }

private:
    void answered(HttpConnection& connection, HttpAnswer const& answer) override
    {
        if (answer.status != 200) {
            auto const line = answer.head.substr(0, answer.head.find('\r'));
            throw Failure("the server answered: " + server::printable(line) + ' ' +
                          server::printable(answer.body.substr(0, 200)));
        }
        if (cookie_.empty()) {
            cookie_ = cookie_of(answer);
        }
        owner_.received(answer.body, &connection == &poll_ ? Lane::poll : Lane::command);
    }

    Network& network_;
    Transport::Owner& owner_;
    std::string cookie_;
    HttpConnection poll_;
    std::unique_ptr<HttpConnection> command_;
};

class WebSocket final : public Transport, public WebSocketConnection::Owner {
public:
    WebSocket(Network& network, Transport::Owner& owner) : owner_(owner), socket_(network, *this) {}

    void send(std::string_view messages, Lane /*all go one way*/) override
    {
        socket_.send_text(messages);
    }
    bool busy(Lane /*never*/) const override { return false; }
    std::string_view connection_type() const override { return "websocket"; }
    void close() override { socket_.close(); }

private:
    void received(std::string_view message) override { owner_.received(message, Lane::poll); }

    Transport::Owner& owner_;
    WebSocketConnection socket_;
};

} // namespace

std::unique_ptr<Transport> make_transport(
    TransportType type, Network& network, Transport::Owner& owner)
{
    if (type == TransportType::websocket) {
        return std::make_unique<WebSocket>(network, owner);
    }
    return std::make_unique<LongPolling>(network, owner);
}

} // namespace bayeux::cli
