// Clients that do not read, or too slowly: they end, others do not notice, and memory is bounded.

#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"
#include "tests/websocket_driver.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;
using server::client_text;
using server::Cut;
using server::upgrade_request;

namespace {

constexpr TestClient::ReceiveBuffer small_buffer{4'096};

std::string text_of(std::size_t size)
{
    return '"' + std::string(size, 'x') + '"';
}

/// A session whose client has its connection upgraded, and is subscribed to /long.
struct Socket {
    explicit Socket(TestClient connection) : client(std::move(connection)), session(client)
    {
        client.post(session.subscribe("/long"));
        client.send(upgrade_request());
        client.read();
        send(session.connect()); // is held
        send(session.publish("/service/ready", "1"));
        client.read_frame();
    }
    void send(std::string const& messages) { client.send(client_text(messages)); }

    TestClient client;
    TestSession session;
};

server::Options with_little_memory(std::size_t io_threads)
{
    auto options = with_io_threads(io_threads);
    options.engine.max_total_queue_bytes = 1'000'000;
    return options;
}

/// Each begins something that does not end.
template <class Begin>
std::vector<TestClient> begin_until_one_is_cut_off(RunningServer const& server, Begin begin)
{
    std::vector<TestClient> clients;
    while (server.cut(Cut::memory) == 0) {
        BOOST_REQUIRE(clients.size() < 100U);
        begin(clients.emplace_back(server.client()));
        server.settle();
    }
    return clients;
}

/// What a client asks for, and does not read.
enum class Unread { websocket, event_stream, poll };

std::ostream& operator<<(std::ostream& to, Unread what)
{
    return to << (what == Unread::websocket      ? "websocket"
                  : what == Unread::event_stream ? "event stream"
                                                 : "poll");
}

auto const unread_things =
    boost::unit_test::data::make({Unread::websocket, Unread::event_stream, Unread::poll});

} // namespace

BOOST_DATA_TEST_CASE(
    who_does_not_read_is_cut_off_in_time, unread_things* io_thread_counts, unread, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 300ms;
    RunningServer const server(options);
    TestClient reader(server.port(), small_buffer);
    TestSession const session(reader);
    reader.post(session.subscribe("/long"));
    if (unread == Unread::websocket) {
        reader.send(upgrade_request());
        reader.read();
        reader.send(client_text(session.connect()));
    } else if (unread == Unread::event_stream) {
        reader.send("GET /cometd/" + session.id() +
                    " HTTP/1.1\r\nHost: t\r\n"
                    "Accept: text/event-stream\r\n\r\n");
    } else {
        reader.send(post_request(session.connect()));
    }
    auto publisher = server.client();
    TestSession const publishing(publisher);
    while (server.cut(Cut::unread) == 0)
        BOOST_REQUIRE(publisher.post(publishing.publish("/long", text_of(500'000))).status == 200);
    BOOST_TEST(server.cut(Cut::unread) == 1U);
    BOOST_TEST(server.cut(Cut::memory) == 0U);
}

BOOST_DATA_TEST_CASE(who_keeps_most_is_cut_off_when_memory_is_used_up_and_others_get_all,
    io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.engine.max_total_queue_bytes = 8'000'000;
    RunningServer const server(options);
    Socket reader(server.client());
    std::vector<Socket> deaf;
    for (int n = 0; n < 60; ++n)
        deaf.emplace_back(TestClient(server.port(), small_buffer));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    for (int n = 0; n < 30; ++n) {
        publisher.post(publishing.publish("/long", text_of(100'000)));
        BOOST_TEST(reader.client.read_frame().size() > 100'000U);
    }
    BOOST_TEST(server.cut(Cut::memory) > 0U);
    BOOST_TEST(server.cut(Cut::memory) < 60U, "only as many as have to");
    BOOST_TEST(server.cut(Cut::unread) == 0U);
}

BOOST_DATA_TEST_CASE(
    bodies_that_do_not_end_are_in_the_memory_that_is_limited, io_thread_counts, io_threads)
{
    RunningServer const server(with_little_memory(io_threads));
    auto const clients = begin_until_one_is_cut_off(server, [](TestClient& client) {
        client.send("POST /cometd HTTP/1.1\r\nHost: t\r\nContent-Length: 900000\r\n\r\n" +
                    std::string(100'000, ' '));
    });
    BOOST_TEST(clients.size() > 3U);
    auto other = server.client();
    TestSession const session(other);
    BOOST_TEST(other.post(session.publish("/a", "1")).status == 200);
}

BOOST_DATA_TEST_CASE(messages_that_do_not_end_are_in_it_too, io_thread_counts, io_threads)
{
    RunningServer const server(with_little_memory(io_threads));
    auto const clients = begin_until_one_is_cut_off(server, [](TestClient& client) {
        client.send(upgrade_request());
        client.read();
        client.send(server::client_frame(1, '[' + std::string(100'000, ' '), server::Fin::no));
    });
    BOOST_TEST(clients.size() > 3U);
}

BOOST_DATA_TEST_CASE(a_small_reply_does_not_wait_behind_a_backlog, io_thread_counts, io_threads)
{
    constexpr std::size_t count = 200;
    constexpr std::size_t size = 50'000;
    RunningServer const server(with_io_threads(io_threads));
    Socket reader(TestClient(server.port(), small_buffer));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    for (std::size_t n = 0; n < count; ++n)
        publisher.post(publishing.publish(
            "/long", '"' + std::to_string(1'000 + n) + std::string(size, 'x') + '"'));
    server.settle();
    std::size_t next = 0;
    std::size_t waited = 0;
    for (int asked = 0; asked < 3; ++asked) {
        reader.send(reader.session.publish("/service/small", "1"));
        std::size_t ahead = 0;
        for (bool answered = false; !answered;) {
            auto const frame = reader.client.read_frame();
            answered = frame.find("/service/small") != std::string::npos;
            if (answered)
                break;
            ahead += frame.size();
            BOOST_TEST(frame.find('"' + std::to_string(1'000 + next++)) != std::string::npos);
        }
        waited = std::max(waited, ahead);
    }
    BOOST_TEST(waited < 512'000U);
    BOOST_TEST(next < count, "there is a backlog still");
    for (; next < count; ++next)
        BOOST_TEST(reader.client.read_frame().find('"' + std::to_string(1'000 + next)) !=
                   std::string::npos);
}
