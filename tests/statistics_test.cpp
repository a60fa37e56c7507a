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
