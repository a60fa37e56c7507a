#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_shutdown_answers_held_connects_with_advice_to_handshake_again)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.shutdown(1s);
    auto const answer = world.answered(connect);
    auto const& reply = answer.on("/meta/connect");
    BOOST_TEST(answer.ok);
    BOOST_TEST(reply.at("id").as_string() == "2");
    BOOST_TEST(!reply.at("successful").as_bool());
    BOOST_TEST(reply.at("error").as_string() == "402::session_unknown");
    auto const& advice = reply.at("advice").as_object();
    BOOST_TEST(advice.at("reconnect").as_string() == "handshake");
    BOOST_TEST(advice.at("timeout").as_int64() == 30'000);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
}

BOOST_AUTO_TEST_CASE(clients_are_told_to_come_back_spread_over_time)
{
    FakeWorld world;
    std::vector<std::unique_ptr<FakeClient>> clients;
    std::vector<Origin> connects;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<FakeClient>(world));
        connects.push_back(clients.back()->connect());
    }
    world.shutdown(1s);
    std::int64_t soonest = 1'000'000;
    std::int64_t latest = 0;
    for (auto const connect : connects) {
        auto const answer = world.answered(connect);
        auto const interval = answer.on("/meta/connect").at("advice").at("interval").as_int64();
        soonest = std::min(soonest, interval);
        latest = std::max(latest, interval);
    }
    BOOST_TEST(soonest >= 1'000);
    BOOST_TEST(soonest < 1'200);
    BOOST_TEST(latest > 1'800);
    BOOST_TEST(latest <= 2'000);
}

BOOST_AUTO_TEST_CASE(a_shutdown_without_interval_advises_none)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.shutdown(0ms);
    BOOST_TEST(
        world.answered(connect).on("/meta/connect").at("advice").at("interval").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(programs_without_cookies_are_told_to_come_back_at_once)
{
    FakeWorld world;
    FakeClient client(world, FakeClient::Cookies::drop);
    auto const connect = client.connect();
    world.shutdown(1s);
    auto const answer = world.answered(connect);
    auto const& advice = answer.on("/meta/connect").at("advice").as_object();
    BOOST_TEST(advice.at("reconnect").as_string() == "handshake");
    BOOST_TEST(advice.at("interval").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(pages_without_cookies_are_told_to_come_back_when_the_server_is_there_again)
{
    // CometD would give up long-polling where it finds nobody at home.
    FakeWorld world;
    auto const handshake = world.answered(world.send_from_page(R"({"channel":"/meta/handshake"})"));
    auto const connect = R"({"channel":"/meta/connect","clientId":")" +
                         std::string(handshake.on("/meta/handshake").at("clientId").as_string()) +
                         R"("})";
    world.answered(world.send_from_page(connect));
    auto const held = world.send_from_page(connect);
    world.shutdown(1s);
    auto const answer = world.answered(held);
    BOOST_TEST(
        answer.on("/meta/connect").at("advice").as_object().at("interval").as_int64() >= 1'000);
}

BOOST_AUTO_TEST_CASE(after_a_shutdown_every_old_session_is_unknown)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    world.shutdown(1s);
    BOOST_TEST(client.poll().on("/meta/connect").at("error").as_string() == "402::session_unknown");
    BOOST_TEST(world.context().session(client.id()) == nullptr);
    world.pass(1h);
    BOOST_TEST(!world.engine().next_deadline().has_value());
}
