#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Every limit of EngineOptions: its answer and its counter (wire-behaviour 15, 20)

namespace {

template <class Value>
EngineOptions with(Value EngineOptions::*limit, Value value)
{
    EngineOptions options;
    options.*limit = value;
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(messages_behind_the_longest_batch_are_answered_with_batch_too_long)
{
    FakeWorld world(with(&EngineOptions::max_batch, std::size_t{2}));
    FakeClient client(world);
    auto const message = [&] { return client.message("/foo"); };
    BOOST_TEST(client.exchange(batch_of({message(), message()})).error().empty());
    auto const answer =
        client.exchange(batch_of({message(), message(), message(), message(), "{}"}));
    BOOST_REQUIRE_EQUAL(answer.body.size(), 5U);
    BOOST_TEST(answer.body[1].at("successful").as_bool());
    BOOST_TEST(
        answer.text.find(
            R"({"channel":"/foo","id":"6","successful":false,"error":"413::batch_too_long"})") !=
        std::string::npos);
    BOOST_TEST(answer.body[3].at("error").as_string() == "413::batch_too_long");
    BOOST_TEST(world.engine().statistics().batches_too_long == 1U);
    BOOST_TEST(world.engine().statistics().messages_published == 4U);
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_too_long_is_invalid)
{
    FakeWorld world(with(&EngineOptions::max_channel_length, std::size_t{20}));
    FakeClient client(world);
    auto const longest = '/' + std::string(19, 'x');
    BOOST_TEST(client.publish(longest, "1").error().empty());
    BOOST_TEST(client.publish(longest + 'x', "1").error() == "405::channel_invalid");
    BOOST_TEST(client.subscribe(longest).error().empty());
    BOOST_TEST(client.subscribe(longest + 'x').error() == "403::subscription_invalid");
}

BOOST_AUTO_TEST_CASE(a_channel_of_too_many_segments_is_invalid)
{
    FakeWorld world(with(&EngineOptions::max_channel_segments, std::size_t{3}));
    FakeClient client(world);
    BOOST_TEST(client.publish("/a/b/c", "1").error().empty());
    BOOST_TEST(client.publish("/a/b/c/d", "1").error() == "405::channel_invalid");
    BOOST_TEST(client.subscribe("/a/b/*").error().empty());
    BOOST_TEST(client.subscribe("/a/b/c/**").error() == "403::subscription_invalid");
}

BOOST_AUTO_TEST_CASE(a_session_has_no_more_subscriptions_than_the_limit)
{
    FakeWorld world(with(&EngineOptions::max_subscriptions, std::size_t{2}));
    FakeClient client(world);
    client.subscribe("/a");
    client.subscribe("/b");
    BOOST_TEST(client.subscribe("/c").error() == "403:too_many_subscriptions:subscribe_denied");
    BOOST_TEST(world.engine().statistics().subscriptions_refused == 1U);
    BOOST_TEST(client.subscribe("/a").error().empty()); // it has that one
    client.unsubscribe("/a");
    BOOST_TEST(client.subscribe("/c").error().empty());
    FakeClient other(world);
    BOOST_TEST(other.subscribe("/a").error().empty());
}

BOOST_AUTO_TEST_CASE(clients_make_no_more_channels_than_the_limit)
{
    FakeWorld world(with(&EngineOptions::max_channels, std::size_t{8})); // six are the server's
    FakeClient client(world);
    client.connect();
    client.subscribe("/a");
    client.publish("/b", "1");
    BOOST_TEST(client.publish("/c", "1").error() == "403:too_many_channels:channel_create_denied");
    BOOST_TEST(client.subscribe("/c").error() == "403:too_many_channels:create_denied");
    BOOST_TEST(world.engine().statistics().channels_refused == 2U);
    BOOST_TEST(client.publish("/a", "1").error().empty());
    world.pass(3s); // /b is swept
    BOOST_TEST(client.publish("/c", "1").error().empty());
}

BOOST_AUTO_TEST_CASE(handshakes_beyond_the_most_sessions_are_told_to_come_back)
{
    FakeWorld world(with(&EngineOptions::max_sessions, std::size_t{1}));
    FakeClient client(world);
    auto const answer = world.exchange(R"({"channel":"/meta/handshake","id":"1"})");
    BOOST_TEST(answer.text ==
               R"([{"channel":"/meta/handshake","id":"1","successful":false,)"
               R"("error":"503::too_many_sessions",)"
               R"("advice":{"reconnect":"handshake","interval":10000,"timeout":30000}}])");
    BOOST_TEST(answer.set_browser_id.empty());
    BOOST_TEST(world.engine().statistics().sessions_refused == 1U);
    client.disconnect();
    FakeClient next(world);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
}

BOOST_AUTO_TEST_CASE(handshakes_that_wait_for_a_decision_cannot_exceed_the_most_sessions)
{
    std::vector<Pending> open;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [&](Session&, MessageReply&, Pending pending) {
        open.push_back(pending);
        return Decision::later();
    };
    FakeWorld world(with(&EngineOptions::max_sessions, std::size_t{1}), std::move(policy));
    auto const first = world.send(R"({"channel":"/meta/handshake"})");
    auto const second = world.send(R"({"channel":"/meta/handshake"})");
    world.resolve(open.at(0), Decision::allow());
    world.resolve(open.at(1), Decision::allow());
    BOOST_TEST(world.answered(first).error().empty());
    BOOST_TEST(world.answered(second).error() == "503::too_many_sessions");
}

// --- The queue: a client that does not fetch its messages loses its session, not single messages

BOOST_AUTO_TEST_CASE(a_session_whose_queue_is_full_ends_and_its_client_learns_so)
{
    FakeWorld world(with(&EngineOptions::max_queue, std::size_t{3}));
    Recorder recorder;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    world.engine().add_listener(recorder);
    for (int i = 0; i < 3; ++i)
        alice.publish("/foo", "1");
    BOOST_TEST(world.engine().statistics().sessions == 2U);
    alice.publish("/foo", "1");
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    BOOST_TEST(world.engine().statistics().queues_full == 1U);
    BOOST_TEST(
        world.logged("max-queue or max-queue-bytes reached, session ended of 192.0.2.1:1") == 1U);
    BOOST_TEST(recorder.lines.at(0) == "removed queue full");
    auto const answer = bob.poll();
    BOOST_TEST(
        answer.text ==
        R"([{"channel":"/meta/connect","id":"3","successful":false,)"
        R"("error":"402::session_unknown","advice":{"reconnect":"handshake","interval":0}}])");
}

BOOST_AUTO_TEST_CASE(the_bytes_in_a_queue_are_limited_too)
{
    FakeWorld world(with(&EngineOptions::max_queue_bytes, std::size_t{2'000}));
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const kilobyte = '"' + std::string(900, 'x') + '"';
    alice.publish("/foo", kilobyte);
    alice.publish("/foo", kilobyte);
    BOOST_TEST(bob.poll().count("/foo") == 2U); // and the bytes are free again
    alice.publish("/foo", kilobyte);
    alice.publish("/foo", kilobyte);
    BOOST_TEST(world.engine().statistics().queues_full == 0U);
    alice.publish("/foo", kilobyte);
    BOOST_TEST(world.engine().statistics().queues_full == 1U);
    BOOST_TEST(world.context().session(bob.id()) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_held_connect_is_answered_before_its_queue_overflows_in_one_turn)
{
    FakeWorld world(with(&EngineOptions::max_queue, std::size_t{3}));
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    std::vector<std::string> burst;
    for (int i = 0; i < 10; ++i)
        burst.push_back(alice.message("/foo", R"("data":1)"));
    auto const answer = alice.exchange(batch_of(burst));
    BOOST_TEST(answer.body.size() == 10U);
    BOOST_TEST(answer.text.find("false") == std::string::npos); // the publisher is not at fault
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/foo","data":1},{"channel":"/foo","data":1},)"
               R"({"channel":"/foo","data":1},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
    BOOST_TEST(world.engine().statistics().queues_full == 1U); // the rest was too much again
    BOOST_TEST(bob.poll().error() == "402::session_unknown");
}

BOOST_AUTO_TEST_CASE(a_batch_that_overflows_its_own_queue_brings_what_came_before)
{
    FakeWorld world(with(&EngineOptions::max_queue, std::size_t{2}));
    FakeClient client(world);
    client.subscribe("/foo");
    std::vector<std::string> burst;
    for (int i = 0; i < 4; ++i)
        burst.push_back(client.message("/foo", R"("data":1)"));
    auto const answer = client.exchange(batch_of(burst));
    BOOST_TEST(answer.data("/foo") == (boost::json::array{1, 1}));
    BOOST_TEST(answer.error() == "402::session_unknown"); // of the last, behind the overflow
}
