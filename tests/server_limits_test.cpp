// Where the server loses patience, or room.

#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

BOOST_DATA_TEST_CASE(no_more_connections_are_served_than_allowed_and_others_wait_for_their_turn,
    io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.max_connections = 3;
    RunningServer const server(options);
    std::vector<TestClient> clients;
    for (int n = 0; n < 12; ++n) {
        clients.push_back(server.client());
        clients.back().send(options_request);
    }
    for (std::size_t first = 0; first < clients.size(); first += 3) {
        for (auto n = first; n < first + 3; ++n)
            BOOST_TEST(clients[n].read().status == 200);
        BOOST_TEST((first + 3 == clients.size() || !clients[first + 3].has_more(150ms)));
        for (auto n = first; n < first + 3; ++n)
            clients[n].close();
    }
}

BOOST_DATA_TEST_CASE(a_request_that_takes_too_long_is_answered_408, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 150ms;
    RunningServer const server(options);
    for (std::string_view const begun : {"P", "POST /cometd HTTP/1.1\r\nHost:",
             "POST /cometd HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\n[",
             "POST /cometd HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[{"}) {
        auto client = server.client();
        client.send(std::string(options_request) + std::string(begun));
        BOOST_TEST(client.read().status == 200);
        auto const response = client.read();
        BOOST_TEST(response.status == 408);
        BOOST_TEST(response.has("Connection: close"));
        BOOST_TEST(client.drain() == 0U);
    }
}

BOOST_DATA_TEST_CASE(each_request_has_the_whole_time, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 1'000ms;
    RunningServer const server(options);
    auto client = server.client();
    std::string const half(options_request.substr(0, 20));
    std::string const rest(options_request.substr(20));
    client.send(half);
    // Half a request is always there, but never the same one for long.
    for (int n = 0; n < 8; ++n) {
        BOOST_TEST(!client.has_more(200ms));
        client.send(rest + half);
        BOOST_REQUIRE(client.read().status == 200);
    }
}

BOOST_DATA_TEST_CASE(a_connection_without_requests_is_closed, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.keep_alive_timeout = 100ms;
    RunningServer const server(options);
    auto silent = server.client();
    BOOST_TEST(silent.drain() == 0U);
    auto client = server.client();
    client.send(options_request);
    BOOST_TEST(client.read().status == 200);
    BOOST_TEST(client.drain() == 0U);
}

BOOST_DATA_TEST_CASE(a_held_poll_outlasts_the_timeouts_of_requests, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.keep_alive_timeout = 100ms;
    options.request_timeout = 100ms;
    options.engine.timeout = 500ms;
    RunningServer const server(options);
    auto client = server.client();
    TestSession const session(client);
    auto const reply = client.post(session.connect()).messages();
    BOOST_TEST(reply.at(0).as_object().at("successful").as_bool());
}

BOOST_DATA_TEST_CASE(
    a_reader_that_has_stalled_gives_its_place_to_others, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 200ms;
    options.max_connections = 2;
    RunningServer const server(options);
    TestClient stalled(server.port(), TestClient::ReceiveBuffer{8'192});
    TestSession const session(stalled);
    stalled.post(session.subscribe("/long"));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    for (int n = 0; n < 15; ++n)
        publisher.post(publishing.publish("/long", '"' + std::string(900'000, 'a') + '"'));
    stalled.send(post_request(session.connect()));
    auto waiting = server.client();
    waiting.send(options_request);
    BOOST_TEST(waiting.read().status == 200);
}
