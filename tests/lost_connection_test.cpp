#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

// Connections that are lost while an answer is due or on its way (wire-behaviour 4.9)

BOOST_AUTO_TEST_CASE(messages_for_a_held_connect_whose_connection_is_lost_are_kept)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    world.lose(connect);
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
    alice.publish("/foo", "1");
    BOOST_TEST(!world.answer(connect).has_value());
    BOOST_TEST(bob.poll().data("/foo") == boost::json::array{1});
}

BOOST_AUTO_TEST_CASE(losing_a_connection_that_waits_for_nothing_changes_nothing)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.lose(Origin{connect.value + 1'000});
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_delivered_comes_again_in_its_order)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    alice.exchange(
        batch_of({alice.message("/foo", R"("data":1)"), alice.message("/foo", R"("data":2)")}));
    auto const lost = world.answered(connect);
    alice.publish("/foo", "3");
    world.undelivered(lost);
    BOOST_TEST(bob.poll().data("/foo") == (boost::json::array{1, 2, 3}));
    BOOST_TEST(bob.poll().data("/foo").empty());
}

BOOST_AUTO_TEST_CASE(what_could_not_be_delivered_wakes_a_newer_held_connect)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const first = bob.connect();
    alice.publish("/foo", "1");
    auto const lost = world.answered(first);
    auto const second = bob.connect();
    world.undelivered(lost);
    BOOST_TEST(world.answered(second).data("/foo") == boost::json::array{1});
}

BOOST_AUTO_TEST_CASE(what_could_not_be_delivered_to_a_session_that_is_gone_is_forgotten)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    alice.publish("/foo", "1");
    auto const lost = world.answered(connect);
    bob.disconnect();
    world.undelivered(lost);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
}
