// How the server goes down, and what its clients see of it.

#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

/// For what has to be over long before.
server::Options slow_to_give_up(std::size_t io_threads)
{
    auto options = with_io_threads(io_threads);
    options.shutdown_timeout = 2 * patience;
    return options;
}

} // namespace

BOOST_DATA_TEST_CASE(
    a_shutdown_answers_held_polls_with_advice_and_closes, io_thread_counts, io_threads)
{
    RunningServer server(slow_to_give_up(io_threads));
    std::vector<TestClient> clients;
    for (int n = 0; n < 20; ++n) {
        clients.push_back(server.client());
        TestSession const session(clients.back());
        auto const cookie = "Cookie: BAYEUX_BROWSER=" + std::to_string(n) + "\r\n";
        clients.back().send(post_request(session.connect(), cookie));
    }
    server.settle();
    server.begin_stop();
    std::set<std::int64_t> intervals;
    for (auto& client : clients) {
        auto const response = client.read();
        BOOST_TEST(response.has("Connection: close"));
        auto const reply = response.messages().at(0).as_object();
        BOOST_TEST(!reply.at("successful").as_bool());
        BOOST_TEST(reply.at("error").as_string().starts_with("402::"));
        auto const& advice = reply.at("advice").as_object();
        BOOST_TEST(advice.at("reconnect").as_string() == "handshake");
        intervals.insert(advice.at("interval").as_int64());
        BOOST_TEST(client.drain() == 0U);
        client.close();
    }
    BOOST_TEST(*intervals.begin() >= 1'000);
    BOOST_TEST(*intervals.rbegin() <= 2'000);
    BOOST_TEST(intervals.size() > 1U, "all would come back at the same moment");
    server.stop();
}

BOOST_DATA_TEST_CASE(a_shutdown_refuses_new_connections, io_thread_counts, io_threads)
{
    RunningServer server(slow_to_give_up(io_threads));
    auto client = server.client();
    TestSession const session(client);
    client.send(post_request(session.connect()));
    server.settle();
    server.begin_stop();
    BOOST_TEST(client.drain() > 0U);
    BOOST_CHECK_THROW(server.client(), std::system_error);
}

BOOST_DATA_TEST_CASE(a_shutdown_closes_idle_connections, io_thread_counts, io_threads)
{
    RunningServer server(slow_to_give_up(io_threads));
    auto silent = server.client();
    auto client = server.client();
    client.send(options_request);
    BOOST_TEST(client.read().status == 200);
    server.begin_stop();
    BOOST_TEST(silent.drain() == 0U);
    BOOST_TEST(client.drain() == 0U);
    server.stop();
}

BOOST_DATA_TEST_CASE(a_shutdown_lets_a_long_answer_end, io_thread_counts, io_threads)
{
    constexpr std::size_t size = 13'000'000;
    auto options = slow_to_give_up(io_threads);
    options.max_message_size = 2 * size;
    RunningServer server(options);
    TestClient reader(server.port(), TestClient::ReceiveBuffer{8'192});
    TestSession const session(reader);
    reader.post(session.subscribe("/long"));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    publisher.post(publishing.publish("/long", '"' + std::string(size, 'a') + '"'));
    reader.send(post_request(session.connect()));
    BOOST_TEST(reader.has_more(patience));
    server.begin_stop();
    BOOST_TEST(publisher.drain() == 0U);
    BOOST_TEST(reader.read().messages().size() == 2U);
    BOOST_TEST(reader.drain() == 0U);
    server.stop();
}

BOOST_DATA_TEST_CASE(
    a_request_on_its_way_is_answered_during_a_shutdown, io_thread_counts, io_threads)
{
    RunningServer server(slow_to_give_up(io_threads));
    auto idle = server.client();
    auto client = server.client();
    client.send(std::string(options_request) + std::string(options_request.substr(0, 20)));
    BOOST_TEST(client.read().status == 200);
    server.begin_stop();
    BOOST_TEST(idle.drain() == 0U); // so it has begun
    client.send(options_request.substr(20));
    auto const response = client.read();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.has("Connection: close"));
    BOOST_TEST(client.drain() == 0U);
    client.close();
    server.stop();
}

BOOST_DATA_TEST_CASE(a_stuck_client_does_not_hold_up_a_shutdown, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.shutdown_timeout = 100ms;
    RunningServer server(options);
    auto client = server.client();
    client.send(std::string(options_request) + std::string(options_request.substr(0, 20)));
    BOOST_TEST(client.read().status == 200);
    auto const began = std::chrono::steady_clock::now();
    server.stop();
    BOOST_TEST((std::chrono::steady_clock::now() - began < patience));
    BOOST_TEST(client.drain() == 0U);
}

BOOST_DATA_TEST_CASE(a_server_that_never_had_a_client_ends, io_thread_counts, io_threads)
{
    RunningServer server(slow_to_give_up(io_threads));
    BOOST_CHECK_NO_THROW(server.stop());
}
