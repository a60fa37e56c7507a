// Where the server loses patience, or room.

#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"
#include "tests/websocket_driver.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;
using server::client_frame;
using server::Fin;
using server::upgrade_request;

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
    BOOST_TEST(server.pauses() >= 1U);
    BOOST_TEST(server.pauses() <= clients.size());
}

BOOST_DATA_TEST_CASE(urgent_data_is_a_part_of_what_comes, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto client = server.client();
    for (int n = 0; n < 3; ++n) {
        client.send_urgently(post_request(R"([{"channel":"/meta/handshake"}])"));
        BOOST_TEST(client.read().status == 200);
    }
    client.send("OPTIONS /cometd HTTP/1.1\r\nHo");
    client.send_urgently("s");
    client.send("t: test\r\n\r\n");
    BOOST_TEST(client.read().status == 200);
}

BOOST_DATA_TEST_CASE(an_address_has_no_more_connections_than_allowed, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.max_connections_per_address = 2;
    RunningServer const server(options);
    auto first = server.client();
    auto second = server.client();
    for (auto* const client : {&first, &second}) {
        client->send(options_request);
        BOOST_TEST(client->read().status == 200);
    }
    auto third = server.client();
    auto const answer = third.read();
    BOOST_TEST(answer.status == 503);
    BOOST_TEST(answer.has("Retry-After: 10"));
    BOOST_TEST(third.drain() == 0U);
    BOOST_TEST(server.refused(503) == 1U);
    first.close();
    for (int status = 503; status == 503;) { // until the server has noticed that
        auto next = server.client();
        status = next.has_more(50ms) ? next.read().status : 200;
    }
    second.send(options_request);
    BOOST_TEST(second.read().status == 200);
}

BOOST_DATA_TEST_CASE(
    a_body_that_never_stops_coming_is_answered_408_all_the_same, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 200ms;
    RunningServer const server(options);
    auto client = server.client();
    client.send("POST /cometd HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n[");
    while (!client.has_more(10ms))
        client.send(" ");
    BOOST_TEST(client.read().status == 408);
    BOOST_TEST(server.refused(408) == 1U);
}

BOOST_DATA_TEST_CASE(
    a_websocket_message_that_takes_too_long_closes_the_socket, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 200ms;
    RunningServer const server(options);
    auto client = server.client();
    client.send(upgrade_request());
    BOOST_TEST(client.read().status == 101);
    constexpr std::uint8_t text = 1;
    constexpr std::uint8_t continuation = 0;
    constexpr std::uint8_t ping = 9;
    client.send(client_frame(text, "[", Fin::no));
    while (!client.has_more(10ms))
        client.send(client_frame(continuation, " ", Fin::no));
    BOOST_TEST(client.drain() > 2U); // closed
    BOOST_TEST(server.refused(1008) == 1U);

    auto other = server.client(); // is answered meanwhile, and that makes no difference
    other.send(upgrade_request());
    BOOST_TEST(other.read().status == 101);
    other.send(client_frame(text, "[", Fin::no));
    while (server.refused(1008) == 1U) {
        other.send_some(client_frame(continuation, " ", Fin::no) + client_frame(ping, "p"));
        other.has_more(10ms);
    }
}

BOOST_DATA_TEST_CASE(messages_that_come_in_time_keep_a_websocket_open, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.request_timeout = 1'000ms;
    RunningServer const server(options);
    auto client = server.client();
    client.send(upgrade_request());
    BOOST_TEST(client.read().status == 101);
    constexpr std::uint8_t text = 1;
    constexpr std::uint8_t continuation = 0;
    client.send(client_frame(text, "[", Fin::no));
    // Half a message is always there, but never the same one for long.
    for (int n = 0; n < 8; ++n) {
        BOOST_TEST(!client.has_more(200ms));
        client.send(client_frame(continuation, "]") + client_frame(text, "[", Fin::no));
    }
    BOOST_TEST(server.refused(1008) == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_counted_by_its_answer)
{
    auto options = with_io_threads(0);
    options.max_message_size = 100;
    options.max_header_size = 1'024;
    options.engine.max_batch = 3;
    RunningServer const server(options);
    auto const status = [&](std::string const& request) {
        auto client = server.client();
        client.send(request);
        return client.read().status;
    };
    BOOST_TEST(status(post_request("[{")) == 400);
    BOOST_TEST(status("x y\r\n\r\n") == 400);
    BOOST_TEST(status(post_request("[1]")) == 500);
    BOOST_TEST(status(post_request("[{},{},{},{}]")) == 413);
    BOOST_TEST(status(post_request('[' + std::string(100, ' ') + ']')) == 413);
    BOOST_TEST(status(std::string(options_request.substr(0, 30)) + std::string(2'000, 'x')) == 431);
    BOOST_TEST(server.refused(400) == 2U);
    BOOST_TEST(server.refused(500) == 1U);
    BOOST_TEST(server.refused(413) == 2U);
    BOOST_TEST(server.refused(431) == 1U);
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
    BOOST_TEST(is_successful(reply.at(0)));
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
