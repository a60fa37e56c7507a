// Many calls in one go: what they bring for one client leaves in one answer.

#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

struct Collecting {
    FakeWorld world;
    FakeClient alice{world};
    FakeClient bob{world};

    Collecting() { bob.subscribe("/foo"); }

    std::vector<Reply> flush()
    {
        Outbox out;
        world.engine().flush(world.now(), out);
        return std::move(out.replies);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(collecting, Collecting)

BOOST_AUTO_TEST_CASE(messages_of_several_batches_leave_in_one_answer)
{
    auto const connect = bob.connect();
    world.engine().collect();
    alice.publish("/foo", "1"); // its own reply comes at once
    alice.publish("/foo", "2");
    BOOST_TEST(world.waits(connect));
    auto const replies = flush();
    BOOST_TEST_REQUIRE(replies.size() == 1U);
    BOOST_TEST((replies[0].origin == connect));
    BOOST_TEST_REQUIRE(replies[0].messages.size() == 2U);
    BOOST_TEST(replies[0].messages[0]->json == R"({"channel":"/foo","data":1})");
    BOOST_TEST(replies[0].messages[1]->json == R"({"channel":"/foo","data":2})");
}

BOOST_AUTO_TEST_CASE(afterwards_each_call_does_all_at_once_again)
{
    world.engine().collect();
    flush();
    auto const connect = bob.connect();
    alice.publish("/foo", "1");
    BOOST_TEST(world.answered(connect).data("/foo") == boost::json::array{1});
}

BOOST_AUTO_TEST_CASE(a_poll_that_comes_with_its_message_is_answered_at_once)
{
    world.engine().collect();
    alice.publish("/foo", "1");
    BOOST_TEST(world.answered(bob.connect()).data("/foo") == boost::json::array{1});
    BOOST_TEST(flush().empty());
}

BOOST_AUTO_TEST_CASE(for_a_session_that_has_ended_nothing_is_kept_until_the_end)
{
    world.engine().collect();
    alice.publish("/foo", "1");
    BOOST_TEST(world.engine().statistics().queue_bytes > 0U);
    world.context().session(bob.id())->disconnect();
    world.pass(Duration(0));
    BOOST_TEST(world.engine().statistics().queue_bytes == 0U);
    BOOST_TEST(flush().empty());
}

BOOST_AUTO_TEST_CASE(a_message_whose_poll_is_lost_meanwhile_is_kept)
{
    auto const connect = bob.connect();
    world.engine().collect();
    alice.publish("/foo", "1");
    world.lose(connect);
    BOOST_TEST(flush().empty());
    BOOST_TEST(bob.poll().data("/foo") == boost::json::array{1});
}

BOOST_AUTO_TEST_CASE(a_session_may_end_between_its_message_and_the_answer)
{
    auto const connect = bob.connect();
    world.engine().collect();
    alice.publish("/foo", "1");
    bob.disconnect();
    BOOST_TEST(!world.waits(connect));
    BOOST_TEST(flush().empty());
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_full_is_sent_before_the_end)
{
    EngineOptions options;
    options.max_queue = 2;
    FakeWorld small(options);
    FakeClient publisher(small);
    FakeClient receiver(small);
    receiver.subscribe("/foo");
    auto const connect = receiver.connect();
    small.engine().collect();
    for (auto const* const data : {"1", "2", "3"})
        publisher.publish("/foo", data);
    BOOST_TEST(small.answered(connect).data("/foo") == (boost::json::array{1, 2}));
    BOOST_TEST(receiver.poll().data("/foo") == boost::json::array{3});
}

BOOST_AUTO_TEST_SUITE_END()

// A proxy's connection carries the polls of many sessions, one after the other.

BOOST_AUTO_TEST_CASE(a_connection_that_is_lost_ends_the_poll_of_the_session_that_held_last)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    alice.connect();
    bob.connect();
    auto& engine = world.engine();
    Outbox out;
    Origin const shared{1'000'000};
    auto const poll = [&](FakeClient& client) {
        auto parsed = parse_batch(client.message("/meta/connect"));
        Request request;
        request.browser_id = client.browser_id();
        engine.receive(shared, request, std::get<Batch>(std::move(parsed)), world.now(), out);
    };
    poll(alice);
    world.context().session(alice.id())->deliver("/foo", 1);
    engine.tick(world.now(), out); // answers her
    poll(bob);
    BOOST_TEST(engine.statistics().held_connects == 1U);
    alice.disconnect(); // has nothing there any more
    engine.connection_lost(shared, world.now(), out);
    BOOST_TEST(engine.statistics().held_connects == 0U);
}
