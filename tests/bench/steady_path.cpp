// What the program does between two system calls once everything runs: instructions and allocations
// of a long-poll cycle, a WebSocket delivery and an echo, from the bytes of a request to the bytes
// of its answer. No socket, no clock, no noise: the same figures each time.
//
//     steady_path             allocations for each; fails when there are more than are known of
//     steady_path WHAT N      does it N times, to be counted by tests/bench/instructions

#include "bayeux/engine.hpp"
#include "server/http_connection.hpp"
#include "server/http_settings.hpp"
#include "server/websocket.hpp"
#include "services/echo.hpp"
#include "tests/support/allocations.hpp"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace bayeux;
using namespace bayeux::server;
using bayeux::testing::allocations;

constexpr std::size_t clients = 100;

std::string post(std::string_view cookie, std::string_view body)
{
    std::string request = "POST /cometd HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
                          "Content-Type: application/json\r\n";
    if (!cookie.empty())
        request.append("Cookie: BAYEUX_BROWSER=").append(cookie).append("\r\n");
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return request.append(body);
}

std::string frame(std::string_view payload)
{
    std::string bytes = "\x81"; // text, the whole of it; masked with zeros
    bytes += static_cast<char>(0x80U | 126U);
    bytes += static_cast<char>(payload.size() >> 8U);
    bytes += static_cast<char>(payload.size() & 0xffU);
    bytes.append(4, '\0');
    return bytes.append(payload);
}

std::string between(std::string_view text, std::string_view before, char after)
{
    auto const begin = text.find(before);
    if (begin == std::string_view::npos)
        return {};
    auto const rest = text.substr(begin + before.size());
    return std::string(rest.substr(0, rest.find(after)));
}

/// An engine, and its clients' ends of connections that are none.
class World {
public:
    explicit World(Transport transport)
        : engine_({}, std::mt19937_64(1)), is_websocket_(transport == Transport::websocket)
    {
        engine_.install(std::make_unique<services::Echo>(engine_.context()));
        for (std::size_t i = 0; i < clients; ++i)
            add_client();
    }

    /// One publishes, all others get it; over long-polling they poll again.
    void deliver()
    {
        send(0, clients_[0].publish);
        for (std::size_t i = 1; !is_websocket_ && i < clients; ++i)
            send(i, clients_[i].poll);
    }

    void echo() { send(0, clients_[0].echo); }

    /// Messages on their way to clients.
    std::size_t delivered() const { return delivered_; }

private:
    struct Client {
        explicit Client(HttpSettings const& settings) : http(settings), websocket(settings) {}
        HttpConnection http;
        WebSocket websocket;
        std::string poll;
        std::string publish;
        std::string echo;
    };

    std::string packed(std::string_view cookie, std::string_view message) const
    {
        return is_websocket_ ? frame(message) : post(cookie, message);
    }

    void add_client()
    {
        auto& client = clients_.emplace_back(settings_);
        auto const index = clients_.size() - 1;
        send(index, packed({}, R"([{"id":"1","channel":"/meta/handshake"}])"));
        auto const cookie = between(out_, "BAYEUX_BROWSER=", ';');
        auto const id = between(out_, R"("clientId":")", '"');
        auto const ask = [&](std::string_view channel, std::string_view rest) {
            std::string message = R"([{"id":"12","channel":")";
            message.append(channel).append(R"(","clientId":")").append(id).append("\"");
            return packed(cookie, message.append(rest).append("}]"));
        };
        client.poll = ask("/meta/connect", R"(,"connectionType":"long-polling")");
        client.publish = ask("/chat/demo", R"(,"data":{"user":"ann","chat":"How do you do?"})");
        client.echo = ask("/service/echo", R"(,"data":{"user":"ann","chat":"How do you do?"})");
        send(index, client.poll);
        if (index > 0) {
            send(index, ask("/meta/subscribe", R"(,"subscription":"/chat/demo")"));
            send(index, client.poll);
        }
    }

    void send(std::size_t from, std::string_view bytes)
    {
        auto& client = clients_[from];
        out_.clear();
        auto const used = is_websocket_ ? client.websocket.consume(bytes, out_, request_)
                                        : client.http.consume(bytes, out_, request_);
        if (used != bytes.size() || !request_)
            std::abort();
        request_->request.peer = "127.0.0.1:4711";
        engine_.receive(Origin{from + 1}, std::move(request_->request), std::move(request_->batch),
            now_, outbox_);
        request_.reset();
        for (auto const& reply : outbox_.replies) {
            auto& to = clients_[reply.origin.value - 1];
            out_.clear();
            if (is_websocket_)
                to.websocket.answer(reply, out_);
            else
                to.http.answer(reply, out_);
            delivered_ += reply.messages.size();
        }
        outbox_.take_back(outbox_.replies);
        now_ += Duration(1);
    }

    HttpSettings settings_;
    Engine engine_;
    bool is_websocket_;
    std::vector<Client> clients_;
    Instant now_{Duration(1'000'000)};
    std::optional<BayeuxRequest> request_;
    Outbox outbox_;
    std::string out_;
    std::size_t delivered_ = 0;
};

struct Path {
    char const* name;
    Transport transport;
    void (World::*once)();
    double known_allocations; ///< for each message that is delivered
};

constexpr Path paths[] = {
    // The next poll: its bytes, their parts, the batch that it is, its cookie.
    {"long-poll-cycle", Transport::long_polling, &World::deliver, 5.2},
    // A share in the message.
    {"websocket-delivery", Transport::websocket, &World::deliver, 0.1},
    // The request as above, and what the service makes of it.
    {"long-poll-echo", Transport::long_polling, &World::echo, 12.1},
    {"websocket-echo", Transport::websocket, &World::echo, 11.1},
};

bool count_allocations(Path const& path)
{
    World world(path.transport);
    for (int i = 0; i < 10; ++i)
        (world.*path.once)();
    auto const before = allocations();
    auto const delivered = world.delivered();
    for (int i = 0; i < 100; ++i)
        (world.*path.once)();
    auto const each = static_cast<double>(allocations() - before) /
                      static_cast<double>(world.delivered() - delivered);
    std::printf("%-20s %6.2f allocations\n", path.name, each);
    return each <= path.known_allocations;
}

} // namespace

int main(int count, char** arguments)
{
    std::vector<std::string_view> const words(arguments + 1, arguments + count);
    bool good = words.empty();
    for (auto const& path : paths) {
        if (words.empty()) {
            good = count_allocations(path) && good;
        } else if (words.size() == 2 && words[0] == path.name) {
            good = true;
            World world(path.transport);
            for (auto left = std::strtoul(arguments[2], nullptr, 10); left > 0; --left)
                (world.*path.once)();
            std::printf("%zu delivered\n", world.delivered());
        }
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
