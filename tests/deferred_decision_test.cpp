#include "tests/support/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Decision::later() wherever a question can be answered later.

namespace {

/// Puts questions off and keeps them for the test to answer.
struct Desk {
    std::vector<Pending> open;

    Decision put_off(Pending pending)
    {
        open.push_back(pending);
        return Decision::later();
    }
    Pending take()
    {
        auto const first = open.at(0);
        open.erase(open.begin());
        return first;
    }
};

std::string error_of(Answer const& answer)
{
    auto const* const error =
        answer.body.at(answer.body.size() - 1).as_object().if_contains("error");
    return error == nullptr ? "" : error->as_string().c_str();
}

/// A policy that puts off what concerns /slow/... channels.
std::unique_ptr<ScriptedPolicy> slow_policy(Desk& create, Desk& subscribe, Desk& publish)
{
    auto const slow = [](Desk& desk) {
        return [&desk](std::string_view channel, Pending pending) {
            return channel.starts_with("/slow/") ? desk.put_off(pending) : Decision::allow();
        };
    };
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->create = slow(create);
    policy->subscribe = slow(subscribe);
    policy->publish = slow(publish);
    return policy;
}

struct Fixture {
    Desk create;
    Desk subscribe;
    Desk publish;
    FakeWorld world{{}, slow_policy(create, subscribe, publish)};
    FakeClient client{world};

    Origin send_publish(FakeClient& from, std::string const& channel = "/slow/x")
    {
        return from.send(from.message(channel, R"("data":1)"));
    }
};

} // namespace

// --- Each kind of question

BOOST_FIXTURE_TEST_CASE(a_publish_waits_for_creation_and_then_for_leave_to_publish, Fixture)
{
    auto const origin = send_publish(client);
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(
        world.answered(origin).text == R"([{"channel":"/slow/x","id":"2","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(a_late_refusal_is_told_with_its_reason, Fixture)
{
    auto const first = send_publish(client);
    world.resolve(create.take(), Decision::deny("nobody"));
    BOOST_TEST(error_of(world.answered(first)) == "403:nobody:channel_create_denied");

    world.context().channel("/slow/x");
    auto const second = send_publish(client);
    world.resolve(publish.take(), Decision::deny("quota"));
    BOOST_TEST(error_of(world.answered(second)) == "403:quota:publish_denied");

    auto const third =
        client.send(client.message("/meta/subscribe", R"("subscription":"/slow/x")"));
    world.resolve(subscribe.take(), Decision::deny("full"));
    BOOST_TEST(error_of(world.answered(third)) == "403:full:subscribe_denied");
}

BOOST_FIXTURE_TEST_CASE(each_channel_of_a_subscription_is_decided_in_its_turn, Fixture)
{
    auto const origin = client.send(
        client.message("/meta/subscribe", R"("subscription":["/a","/slow/x","/b","/slow/y"])"));
    auto const& session = *world.context().session(client.id());
    BOOST_TEST((session.subscriptions() == std::vector<std::string_view>{"/a"}));
    world.resolve(create.take(), Decision::allow());
    world.resolve(subscribe.take(), Decision::allow());
    BOOST_TEST((session.subscriptions() == std::vector<std::string_view>{"/a", "/slow/x", "/b"}));
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(subscribe.take(), Decision::allow());
    BOOST_TEST(error_of(world.answered(origin)).empty());
    BOOST_TEST(session.subscriptions().size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_handshake_can_wait_for_its_decision)
{
    Desk desk;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [&](Session&, MessageReply& reply, Pending pending) {
        reply.set_member("ext", R"({"asked":true})");
        return desk.put_off(pending);
    };
    FakeWorld world({}, std::move(policy));
    auto const granted = world.send(R"({"channel":"/meta/handshake","id":"1"})");
    auto const refused = world.send(R"({"channel":"/meta/handshake","id":"2"})");
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    world.resolve(desk.take(), Decision::allow());
    world.resolve(desk.take(), Decision::deny());
    auto const welcome = world.answered(granted);
    BOOST_TEST(welcome.on("/meta/handshake").at("successful").as_bool());
    BOOST_TEST(welcome.on("/meta/handshake").at("ext").at("asked").as_bool());
    BOOST_TEST(!welcome.set_browser_id.empty());
    BOOST_TEST(world.answered(refused).text ==
               R"([{"channel":"/meta/handshake","id":"2","successful":false,)"
               R"("error":"403::handshake_denied","ext":{"asked":true},)"
               R"("advice":{"reconnect":"none"}}])");
    BOOST_TEST(world.engine().statistics().sessions == 1U);
}

BOOST_AUTO_TEST_CASE(extensions_and_listeners_can_answer_later_and_each_is_asked_once)
{
    FakeWorld world;
    FakeClient client(world);
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    Desk desk;
    std::string asked;
    auto const extension = [&](std::string const& name) {
        auto made = std::make_shared<ScriptedExtension>();
        made->on_incoming = [&, name](Session*, Message& message, MessageReply&, Pending pending) {
            if (message.channel() != "/foo")
                return Decision::allow();
            asked += name + ' ';
            return desk.put_off(pending);
        };
        return made;
    };
    auto const listener = [&](std::string const& name) {
        return [&, name](Session*, Channel&, Message& message, MessageReply&, Pending pending) {
            if (message.channel() != "/foo")
                return Decision::allow();
            asked += name + ' ';
            return desk.put_off(pending);
        };
    };
    world.engine().add_extension(extension("server1"));
    world.engine().add_extension(extension("server2"));
    world.context().session(client.id())->add_extension(extension("session"));
    world.context().channel("/**").add_listener("test", listener("wide"));
    world.context().channel("/foo").add_listener("test", listener("exact1"));
    world.context().channel("/foo").add_listener("test", listener("exact2"));

    auto const origin = client.send(client.message("/foo", R"("data":1)"));
    for (int question = 0; question < 6; ++question) {
        BOOST_TEST(!world.answer(origin).has_value());
        BOOST_TEST(desk.open.size() == 1U);
        world.resolve(desk.take(), Decision::allow());
    }
    BOOST_TEST(asked == "server1 server2 session wide exact1 exact2 ");
    BOOST_TEST(error_of(world.answered(origin)).empty());
    BOOST_TEST(subscriber.poll().count("/foo") == 1U);

    auto const vetoed = client.send(client.message("/foo", R"("data":1)"));
    world.resolve(desk.take(), Decision::deny());
    BOOST_TEST(error_of(world.answered(vetoed)) == "404::message_deleted");
}

BOOST_AUTO_TEST_CASE(a_connect_can_wait_for_a_decision_and_is_held_then)
{
    FakeWorld world;
    FakeClient client(world);
    Desk desk;
    world.context()
        .channel("/meta/connect")
        .add_listener("test", [&](Session*, Channel&, Message&, MessageReply&, Pending pending) {
            return desk.put_off(pending);
        });
    auto const connect = client.connect();
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
    world.pass(1s);
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
    world.pass(30s);
    BOOST_TEST(error_of(world.answered(connect)).empty());
}

// --- The order of a batch

BOOST_FIXTURE_TEST_CASE(messages_behind_a_question_wait_and_the_batch_keeps_its_order, Fixture)
{
    world.context().channel("/slow/x");
    FakeClient subscriber(world);
    subscriber.subscribe("/**");
    auto const origin = client.send(batch_of({client.message("/a", R"("data":1)"),
        client.message("/slow/x", R"("data":2)"), client.message("/b", R"("data":3)")}));
    BOOST_TEST(subscriber.poll().body.size() == 2U); // /a and the reply
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).text == R"([{"channel":"/a","id":"2","successful":true},)"
                                              R"({"channel":"/slow/x","id":"3","successful":true},)"
                                              R"({"channel":"/b","id":"4","successful":true}])");
    BOOST_TEST(subscriber.poll().text.starts_with(
        R"([{"channel":"/slow/x","data":2},{"channel":"/b","data":3},)"));
}

BOOST_FIXTURE_TEST_CASE(other_requests_of_the_session_do_not_wait, Fixture)
{
    world.context().channel("/slow/x");
    auto const origin = send_publish(client);
    BOOST_TEST(error_of(client.publish("/a", "1")).empty());
    BOOST_TEST(!world.answer(origin).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_comes_in_meanwhile_goes_out_with_the_late_answer, Fixture)
{
    world.context().channel("/slow/x");
    client.subscribe("/news");
    auto const origin = send_publish(client);
    FakeClient(world).publish("/news", "1");
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(world.answered(origin).text ==
               R"([{"channel":"/news","data":1},)"
               R"({"channel":"/slow/x","id":"3","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(a_held_connect_is_not_kept_waiting_by_a_question, Fixture)
{
    world.context().channel("/slow/x");
    client.subscribe("/news");
    auto const connect = client.connect();
    send_publish(client);
    FakeClient(world).publish("/news", "1");
    BOOST_TEST(world.answered(connect).count("/news") == 1U);
}

BOOST_FIXTURE_TEST_CASE(
    what_a_batch_brought_its_own_session_wakes_the_held_connect_when_it_waits, Fixture)
{
    world.context().channel("/slow/x");
    client.subscribe("/news");
    auto const connect = client.connect();
    client.send(batch_of({client.message("/news", R"("data":1)"), client.message("/slow/x")}));
    BOOST_TEST(world.answered(connect).count("/news") == 1U);
}

// --- What may happen while a question is open

BOOST_FIXTURE_TEST_CASE(an_answer_to_no_open_question_is_ignored, Fixture)
{
    world.context().channel("/slow/x");
    world.resolve(Pending{0}, Decision::allow());
    world.resolve(Pending{12345}, Decision::allow());
    auto const origin = send_publish(client);
    auto const question = publish.take();
    world.resolve(question, Decision::later()); // no answer at all
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(question, Decision::deny("no"));
    BOOST_TEST(error_of(world.answered(origin)) == "403:no:publish_denied");
    world.resolve(question, Decision::allow());

    auto const next = send_publish(client);
    world.resolve(question, Decision::allow()); // stale
    BOOST_TEST(!world.answer(next).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_question_that_nobody_answers_is_refused_in_the_end, Fixture)
{
    world.context().channel("/slow/x");
    client.connect();
    auto const origin = send_publish(client);
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(origin).has_value());
    world.pass(1ms);
    BOOST_TEST(error_of(world.answered(origin)) == "403:decision_timeout:publish_denied");
    BOOST_TEST(world.engine().statistics().decisions_timed_out == 1U);
    BOOST_TEST(world.logged("no decision in time on /slow/x") == 1U);
    world.resolve(publish.take(), Decision::allow()); // too late
    BOOST_TEST(!world.answer(origin).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_message_whose_session_has_ended_meanwhile_is_unknown, Fixture)
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

BOOST_FIXTURE_TEST_CASE(a_subscription_whose_session_has_ended_meanwhile_has_failed, Fixture)
{
    auto const origin =
        client.send(client.message("/meta/subscribe", R"("subscription":["/slow/x","/y"])"));
    client.disconnect();
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(error_of(world.answered(origin)) == "403::subscribe_failed");
}

BOOST_FIXTURE_TEST_CASE(a_connect_whose_session_has_ended_meanwhile_is_unknown, Fixture)
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
        "moderation", [&](Session*, Channel&, Message&, MessageReply&, Pending pending) {
            return desk.put_off(pending);
        });
    world.context().channel("/foo").add_listener(
        "filter", [](Session* from, Channel&, Message&, MessageReply&, Pending) {
            return from == nullptr ? Decision::allow() : Decision::deny();
        });
    auto const origin = client.send(client.message("/foo", R"("data":"<script>")"));
    client.disconnect();
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(error_of(world.answered(origin)) == "402::session_unknown");
    BOOST_TEST(subscriber.poll().count("/foo") == 0U);
}

BOOST_FIXTURE_TEST_CASE(
    a_channel_made_meanwhile_does_not_pass_its_answer_on_to_the_next_question, Fixture)
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
    BOOST_TEST(error_of(world.answered(published)) == "403:no:publish_denied");
    world.resolve(subscribe.take(), Decision::deny("no"));
    BOOST_TEST(error_of(world.answered(subscribed)) == "403:no:subscribe_denied");
}

BOOST_FIXTURE_TEST_CASE(
    an_answer_that_came_too_late_for_its_message_is_not_given_to_the_next, Fixture)
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
    BOOST_TEST(error_of(world.answered(origin)) == "402::session_unknown");
}

BOOST_FIXTURE_TEST_CASE(a_channel_swept_during_a_long_decision_is_made_again, Fixture)
{
    client.connect();
    auto const origin =
        client.send(client.message("/meta/subscribe", R"("subscription":"/slow/x")"));
    world.resolve(create.take(), Decision::allow());
    world.pass(10s);
    BOOST_TEST(world.engine().statistics().channels == 6U); // the meta channels
    world.resolve(subscribe.take(), Decision::allow());
    BOOST_TEST(error_of(world.answered(origin)).empty());
    BOOST_TEST(world.context().channel("/slow/x").subscriber_count() == 1U);
}

BOOST_FIXTURE_TEST_CASE(messages_stay_when_the_connection_of_a_waiting_request_is_lost, Fixture)
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
    world.context()
        .channel("/meta/connect")
        .add_listener("test", [&](Session*, Channel&, Message&, MessageReply&, Pending pending) {
            return desk.put_off(pending);
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

// --- Who answers

BOOST_AUTO_TEST_CASE(a_question_can_be_answered_through_the_context_even_from_its_own_handler)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    auto& script = *policy;
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    script.publish = [&](std::string_view, Pending pending) {
        world.context().resolve(pending, Decision::deny("own"));
        return Decision::later();
    };
    BOOST_TEST(error_of(client.publish("/foo", "1")) == "403:own:publish_denied");
}

BOOST_AUTO_TEST_CASE(ten_thousand_questions_can_be_answered_at_once)
{
    Desk desk;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->publish = [&](std::string_view channel, Pending pending) {
        return channel == "/slow" ? desk.put_off(pending) : Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    std::vector<Origin> origins;
    for (int i = 0; i < 10'000; ++i)
        origins.push_back(client.send(client.message("/slow")));
    world.context()
        .channel("/service/release")
        .add_listener("test", seeing([&](Session*, Channel&, Message&) {
            for (auto const pending : desk.open)
                world.context().resolve(pending, Decision::allow());
        }));
    client.publish("/service/release", "1");
    for (auto const origin : origins)
        BOOST_REQUIRE(world.answer(origin).has_value());
}

BOOST_AUTO_TEST_CASE(questions_that_answer_each_other_in_a_chain_do_not_pile_up)
{
    Desk desk;
    FakeWorld world;
    FakeClient client(world);
    world.context().channel("/slow").add_listener(
        "gate", [&](Session*, Channel&, Message&, MessageReply&, Pending pending) {
            return desk.put_off(pending);
        });
    world.context().channel("/slow").add_listener("next", seeing([&](Session*, Channel&, Message&) {
        if (!desk.open.empty()) {
            world.context().resolve(desk.open.back(), Decision::allow());
            desk.open.pop_back();
        }
    }));
    std::vector<Origin> origins;
    for (int i = 0; i < 10'000; ++i)
        origins.push_back(client.send(client.message("/slow")));
    world.resolve(desk.take(), Decision::allow());
    for (auto const origin : origins)
        BOOST_REQUIRE(world.answer(origin).has_value());
}
