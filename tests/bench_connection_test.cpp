// Connections of `bayeux bench` to a server that sends byte after byte.

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/http_connection.hpp"
#include "server/cli/bench/websocket_connection.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bayeux::cli {
namespace {

using namespace std::string_literals;

/// Takes one connection. For each answer it reads up to an empty line, or as many bytes as it is
/// told; then it sends the answer byte by byte, and at last hangs up.
class SlowServer {
public:
    struct Turn {
        std::string answer;
        std::size_t bytes = 0; // to read before; 0: a head
    };

    explicit SlowServer(std::vector<Turn> turns) : listener_(socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        BOOST_REQUIRE(bind(listener_, generic, size) == 0);
        BOOST_REQUIRE(listen(listener_, 1) == 0);
        BOOST_REQUIRE(getsockname(listener_, generic, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, turns = std::move(turns)] { serve(turns); });
    }
    ~SlowServer()
    {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }
    SlowServer(SlowServer const&) = delete;
    SlowServer& operator=(SlowServer const&) = delete;

    Url url() const { return {"127.0.0.1", port_, "/x"}; }

private:
    void serve(std::vector<Turn> const& turns) const
    {
        int const connection = accept(listener_, nullptr, nullptr);
        int const on = 1;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        for (auto const& turn : turns) {
            std::string received;
            char byte = 0;
            while (
                turn.bytes > 0 ? received.size() < turn.bytes : !received.ends_with("\r\n\r\n")) {
                if (recv(connection, &byte, 1, 0) != 1) {
                    break;
                }
                received += byte;
            }
            for (char const next : turn.answer) {
                send(connection, &next, 1, MSG_NOSIGNAL);
            }
        }
        close(connection);
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

struct Answers final : HttpConnection::Owner {
    void answered(HttpConnection& /*connection*/, HttpAnswer const& answer) override
    {
        bodies.emplace_back(answer.body);
    }
    std::vector<std::string> bodies;
};

struct Messages final : WebSocketConnection::Owner {
    void received(std::string_view message) override { texts.emplace_back(message); }
    std::vector<std::string> texts;
};

constexpr Time patience = 30 * second;

BOOST_AUTO_TEST_SUITE(bench_connection)

BOOST_AUTO_TEST_CASE(http_answers_come_in_any_pieces)
{
    SlowServer const server({{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"}});
    Loop loop;
    Network network(loop, server.url(), {});
    Answers answers;
    HttpConnection connection(network, answers);
    for (std::size_t count = 1; count <= 2; ++count) {
        connection.request("GET / HTTP/1.1\r\n\r\n");
        BOOST_TEST(connection.busy());
        BOOST_REQUIRE(loop.run([&] { return answers.bodies.size() == count; }, now() + patience));
        BOOST_TEST(!connection.busy());
    }
    BOOST_TEST(answers.bodies == (std::vector{"abc"s, "def"s}), boost::test_tools::per_element());
    // That it hangs up while nothing is awaited is no trouble.
    BOOST_TEST(loop.run([&] { return !connection.is_open(); }, now() + patience));
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_up_instead_of_answering_is_a_failure)
{
    SlowServer const server({{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"}});
    Loop loop;
    Network network(loop, server.url(), {});
    Answers answers;
    HttpConnection connection(network, answers);
    connection.request("GET / HTTP/1.1\r\n\r\n");
    BOOST_CHECK_THROW(loop.run_until(now() + patience), Failure);
}

BOOST_AUTO_TEST_CASE(websocket_messages_come_in_any_pieces_and_pings_are_answered)
{
    auto const pong = 2 + 4 + 2; // head, mask, payload
    SlowServer const server({{"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x01"
                              "a"
                              "\x01\x01"
                              "b"
                              "\x89\x02"
                              "hi"},
        {"\x00\x01"
         "c"
         "\x80\x01"
         "d"s,
            pong}});
    Loop loop;
    Network network(loop, server.url(), {});
    Messages messages;
    WebSocketConnection connection(network, messages);
    connection.open();
    BOOST_REQUIRE(loop.run([&] { return messages.texts.size() == 2; }, now() + patience));
    BOOST_TEST(messages.texts == (std::vector{"a"s, "bcd"s}), boost::test_tools::per_element());
    BOOST_CHECK_THROW(loop.run_until(now() + patience), Failure); // it hangs up
}

BOOST_AUTO_TEST_CASE(what_is_sent_before_a_websocket_is_up_waits)
{
    auto const message = 2 + 4 + 5;
    SlowServer const server(
        {{"HTTP/1.1 101 Switching Protocols\r\n\r\n"}, {"\x81\x02ok", message}});
    Loop loop;
    Network network(loop, server.url(), {});
    Messages messages;
    WebSocketConnection connection(network, messages);
    connection.send_text("hello");
    BOOST_TEST(loop.run([&] { return messages.texts.size() == 1; }, now() + patience));
}

BOOST_AUTO_TEST_CASE(a_websocket_that_is_refused_is_a_failure)
{
    SlowServer const server({{"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"}});
    Loop loop;
    Network network(loop, server.url(), {});
    Messages messages;
    WebSocketConnection connection(network, messages);
    connection.open();
    BOOST_CHECK_EXCEPTION(loop.run_until(now() + patience), Failure, [](Failure const& failure) {
        return failure.what() == "the server opens no WebSocket: HTTP/1.1 400 Bad Request"s;
    });
}

BOOST_AUTO_TEST_CASE(appointments_are_kept_in_their_order)
{
    Loop loop;
    std::string order;
    auto const time = now();
    loop.at(time + 2, [&] { order += 'c'; });
    loop.at(time + 1, [&] { order += 'a'; });
    loop.at(time + 1, [&] { order += 'b'; });
    BOOST_TEST(loop.run([&] { return order.size() == 3; }, time + patience));
    BOOST_TEST(order == "abc");
    BOOST_TEST(!loop.run([] { return false; }, now()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::cli
