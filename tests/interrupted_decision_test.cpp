#include "tests/support/decision_desk.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// What may happen while a decision is awaited.

BOOST_FIXTURE_TEST_CASE(an_answer_to_no_open_question_is_ignored, SlowWorld)
{
    world.context().channel("/slow/x");
    world.resolve(Pending{0}, Decision::allow());
    world.resolve(Pending{12345}, Decision::allow());
    auto const origin = send_publish(client);
    auto const question = publish.take();
    world.resolve(question, Decision::later()); // no answer at all
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(question, Decision::deny("no"));
    BOOST_TEST(world.answered(origin).error() == "403:no:publish_denied");
    world.resolve(question, Decision::allow());

    auto const next = send_publish(client);
    world.resolve(question, Decision::allow()); // stale
    BOOST_TEST(!world.answer(next).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_question_that_nobody_answers_is_refused_in_the_end, SlowWorld)
{
    world.context().channel("/slow/x");
    client.connect();
    auto const origin = send_publish(client);
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(origin).has_value());
    world.pass(1ms);
    BOOST_TEST(world.answered(origin).error() == "403:decision_timeout:publish_denied");
    BOOST_TEST(world.engine().statistics().decisions_timed_out == 1U);
    BOOST_TEST(world.logged("no decision in time on /slow/x") == 1U);
    world.resolve(publish.take(), Decision::allow()); // too late
    BOOST_TEST(!world.answer(origin).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_message_whose_session_has_ended_meanwhile_is_unknown, SlowWorld)
{
    world.context().channel("/slow/x");
    FakeClient subscriber(world);
    subscriber.subscribe("/**");
    auto const origin = client.send(batch_of({client.message("/slow/x"), client.message("/a")}));
    client.disconnect();
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(
        world.answered(origin).text ==
        R"([{"channel":"/slow/x","id":"2","successful":false,"error":"402::session_unknown"},)"
        R"({"channel":"/a","id":"3","successful":false,"error":"402::session_unknown"}])");
    BOOST_TEST(subscriber.poll().body.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_subscription_whose_session_has_ended_meanwhile_has_failed, SlowWorld)
{
    auto const origin =
        client.send(client.message("/meta/subscribe", R"("subscription":["/slow/x","/y"])"));
    client.disconnect();
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).error() == "403::subscribe_failed");
}

BOOST_FIXTURE_TEST_CASE(a_connect_whose_session_has_ended_meanwhile_is_unknown, SlowWorld)
{
    Desk desk;
    auto extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [&](Session*, Message& message, MessageReply&, Pending pending) {
        return message.channel() == "/meta/connect" ? desk.put_off(pending) : Decision::allow();
    };
    FakeClient other(world);
    world.engine().add_extension(extension);

    auto const disconnected = client.connect();
    client.disconnect();
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(world.answered(disconnected).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":false,)"
               R"("error":"402::session_unknown","advice":{"reconnect":"none","interval":0}}])");

    auto const expired = other.connect();
    world.pass(10s);
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(
        world.answered(expired).text ==
        R"([{"channel":"/meta/connect","id":"2","successful":false,)"
        R"("error":"402::session_unknown","advice":{"reconnect":"handshake","interval":0}}])");
}

BOOST_AUTO_TEST_CASE(a_message_that_waited_is_not_mistaken_for_the_servers_own)
{
    // A later listener would let pass what seems to come from the server itself.
    FakeWorld world;
    FakeClient client(world);
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    Desk desk;
    world.context().channel("/foo").add_listener(
        "moderation", [&](Incoming& in) { return desk.put_off(in.pending); });
    world.context().channel("/foo").add_listener("filter",
        [](Incoming& in) { return in.from == nullptr ? Decision::allow() : Decision::deny(); });
    auto const origin = client.send(client.message("/foo", R"("data":"<script>")"));
    client.disconnect();
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).error() == "402::session_unknown");
    BOOST_TEST(subscriber.poll().count("/foo") == 0U);
}

BOOST_FIXTURE_TEST_CASE(
    a_channel_made_meanwhile_does_not_pass_its_answer_on_to_the_next_question, SlowWorld)
{
    auto const published = send_publish(client);
    auto const subscribed =
        client.send(client.message("/meta/subscribe", R"("subscription":"/slow/x")"));
    world.context().channel("/slow/x");
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(!world.answer(published).has_value()); // it may create, but may it publish?
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(!world.answer(subscribed).has_value());
    world.resolve(publish.take(), Decision::deny("no"));
    BOOST_TEST(world.answered(published).error() == "403:no:publish_denied");
    world.resolve(subscribe.take(), Decision::deny("no"));
    BOOST_TEST(world.answered(subscribed).error() == "403:no:subscribe_denied");
}

BOOST_FIXTURE_TEST_CASE(
    an_answer_that_came_too_late_for_its_message_is_not_given_to_the_next, SlowWorld)
{
    world.context().channel("/slow/x");
    auto extension = std::make_shared<ScriptedExtension>();
    int seen = 0;
    extension->on_incoming = [&](Session*, Message&, MessageReply&, Pending) {
        ++seen;
        return Decision::allow();
    };
    world.engine().add_extension(extension);
    auto const origin = client.send(batch_of({client.message("/slow/x"), client.message("/a")}));
    client.disconnect();
    seen = 0;
    world.resolve(publish.take(), Decision::deny());
    BOOST_TEST(seen == 1);
    BOOST_TEST(world.answered(origin).error() == "402::session_unknown");
}

BOOST_FIXTURE_TEST_CASE(a_channel_swept_during_a_long_decision_is_made_again, SlowWorld)
{
    client.connect();
    auto const origin =
        client.send(client.message("/meta/subscribe", R"("subscription":"/slow/x")"));
    world.resolve(create.take(), Decision::allow());
    world.pass(10s);
    BOOST_TEST(world.engine().statistics().channels == 6U); // the meta channels
    world.resolve(subscribe.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).error().empty());
    BOOST_TEST(world.context().channel("/slow/x").subscriber_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(messages_stay_when_the_connection_of_a_waiting_request_is_lost, SlowWorld)
{
    world.context().channel("/slow/x");
    client.subscribe("/news");
    auto const origin = send_publish(client);
    world.lose(origin);
    FakeClient(world).publish("/news", "1");
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).count("/news") == 0U);
    BOOST_TEST(client.poll().count("/news") == 1U);
}

BOOST_AUTO_TEST_CASE(a_connect_whose_connection_was_lost_while_it_waited_is_not_held)
{
    FakeWorld world;
    FakeClient client(world);
    Desk desk;
    world.context().channel("/meta/connect").add_listener("test", [&](Incoming& in) {
        return desk.put_off(in.pending);
    });
    auto const lost = client.connect();
    world.lose(lost);
    auto const newer = client.connect();
    auto const question_of_lost = desk.take();
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
    world.resolve(question_of_lost, Decision::allow());
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
    BOOST_TEST(!world.answer(newer).has_value());
}

BOOST_FIXTURE_TEST_CASE(
    a_request_that_waits_while_the_server_goes_down_is_answered_in_the_end, SlowWorld)
{
    world.context().channel("/slow/x");
    auto const origin = send_publish(client);
    world.shutdown(1s);
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).error() == "402::session_unknown");
}
