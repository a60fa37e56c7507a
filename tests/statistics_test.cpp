#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(the_engine_counts_what_passes_through_it)
{
    FakeWorld world;
    auto const empty = world.engine().statistics();
    BOOST_TEST(empty.channels == 6U); // the meta channels
    FakeClient alice(world);
    FakeClient bob(world);
    alice.subscribe("/foo");
    bob.subscribe("/foo");
    bob.connect();
    alice.publish("/foo", "1");
    alice.publish("/service/x", "1");

    auto const now = world.engine().statistics();
    BOOST_TEST(now.handshakes == 2U);
    BOOST_TEST(now.sessions == 2U);
    BOOST_TEST(now.channels == 8U);
    BOOST_TEST(now.messages_received == 9U);
    BOOST_TEST(now.messages_published == 1U);
    BOOST_TEST(now.messages_queued == 2U);
    BOOST_TEST(now.held_connects == 0U);
    BOOST_TEST(now.handler_failures == 0U);
}

BOOST_AUTO_TEST_CASE(gauges_go_down_again)
{
    FakeWorld world;
    {
        FakeClient client(world);
        client.subscribe("/foo");
        client.connect();
        BOOST_TEST(world.engine().statistics().held_connects == 1U);
        client.disconnect();
    }
    world.pass(10s);
    auto const now = world.engine().statistics();
    BOOST_TEST(now.sessions == 0U);
    BOOST_TEST(now.held_connects == 0U);
    BOOST_TEST(now.channels == 6U);
    BOOST_TEST(now.handshakes == 1U);
}

BOOST_AUTO_TEST_CASE(each_refusal_is_counted_and_told_once_a_minute)
{
    FakeWorld world;
    FakeClient client(world);
    auto const refuse_all = [&] {
        for (auto const* const channel : {"/a//b", "nothing"})
            BOOST_TEST(client.publish(channel, "1").error() == "405::channel_invalid");
        BOOST_TEST(client.subscribe("/a//b").error() == "403::subscription_invalid");
        BOOST_TEST(client.publish("/meta/none", "1").error() ==
                   "403:denied_by_security_policy:channel_create_denied");
        BOOST_TEST(client.subscribe("/meta/connect").error() ==
                   "403:denied_by_security_policy:subscribe_denied");
        BOOST_TEST(
            world.exchange(R"({"channel":"/a","clientId":"x"})").error() == "402::session_unknown");
        BOOST_TEST(
            world.exchange(R"([{"channel":"/meta/handshake"},{"channel":"/a"}])").status == 500);
    };
    refuse_all();
    refuse_all();
    auto const now = world.engine().statistics();
    BOOST_TEST(now.names_refused == 6U);
    BOOST_TEST(now.messages_denied == 4U);
    BOOST_TEST(now.unknown_sessions == 2U);
    BOOST_TEST(now.batches_refused == 2U);
    for (auto const* const line : {"no name of a channel", "denied what was asked by",
             "answered 402::session_unknown to", "a handshake among other messages from"})
        BOOST_TEST(world.logged(line) == 1U, line);
    world.pass(60s);
    client.publish("/a//b", "1");
    BOOST_TEST(world.logged("no name of a channel") == 2U);
}
