#include "tests/support/decision_desk.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Decision::later() wherever a question can be answered later.

// --- Each kind of question

BOOST_FIXTURE_TEST_CASE(a_publish_waits_for_creation_and_then_for_leave_to_publish, SlowWorld)
{
    auto const origin = send_publish(client);
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(!world.answer(origin).has_value());
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(
        world.answered(origin).text == R"([{"channel":"/slow/x","id":"2","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(a_late_refusal_is_told_with_its_reason, SlowWorld)
{
    auto const first = send_publish(client);
    world.resolve(create.take(), Decision::deny("nobody"));
    BOOST_TEST(world.answered(first).error() == "403:nobody:channel_create_denied");

    world.context().channel("/slow/x");
    auto const second = send_publish(client);
    world.resolve(publish.take(), Decision::deny("quota"));
    BOOST_TEST(world.answered(second).error() == "403:quota:publish_denied");

    auto const third =
        client.send(client.message("/meta/subscribe", R"("subscription":"/slow/x")"));
    world.resolve(subscribe.take(), Decision::deny("full"));
    BOOST_TEST(world.answered(third).error() == "403:full:subscribe_denied");
}

BOOST_FIXTURE_TEST_CASE(each_channel_of_a_subscription_is_decided_in_its_turn, SlowWorld)
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
    BOOST_TEST(world.answered(origin).error().empty());
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
        return [&, name](Incoming& in) {
            if (in.message.channel() != "/foo")
                return Decision::allow();
            asked += name + ' ';
            return desk.put_off(in.pending);
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
    BOOST_TEST(world.answered(origin).error().empty());
    BOOST_TEST(subscriber.poll().count("/foo") == 1U);

    auto const vetoed = client.send(client.message("/foo", R"("data":1)"));
    world.resolve(desk.take(), Decision::deny());
    BOOST_TEST(world.answered(vetoed).error() == "404::message_deleted");
}

BOOST_AUTO_TEST_CASE(a_connect_can_wait_for_a_decision_and_is_held_then)
{
    FakeWorld world;
    FakeClient client(world);
    Desk desk;
    world.context().channel("/meta/connect").add_listener("test", [&](Incoming& in) {
        return desk.put_off(in.pending);
    });
    auto const connect = client.connect();
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
    world.pass(1s);
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
    world.pass(30s);
    BOOST_TEST(world.answered(connect).error().empty());
}

// --- The order of a batch

BOOST_FIXTURE_TEST_CASE(messages_behind_a_question_wait_and_the_batch_keeps_its_order, SlowWorld)
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

BOOST_FIXTURE_TEST_CASE(other_requests_of_the_session_do_not_wait, SlowWorld)
{
    world.context().channel("/slow/x");
    auto const origin = send_publish(client);
    BOOST_TEST(client.publish("/a", "1").error().empty());
    BOOST_TEST(!world.answer(origin).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_comes_in_meanwhile_goes_out_with_the_late_answer, SlowWorld)
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

BOOST_FIXTURE_TEST_CASE(a_held_connect_is_not_kept_waiting_by_a_question, SlowWorld)
{
    world.context().channel("/slow/x");
    client.subscribe("/news");
    auto const connect = client.connect();
    send_publish(client);
    FakeClient(world).publish("/news", "1");
    BOOST_TEST(world.answered(connect).count("/news") == 1U);
}

BOOST_FIXTURE_TEST_CASE(
    what_a_batch_brought_its_own_session_wakes_the_held_connect_when_it_waits, SlowWorld)
{
    world.context().channel("/slow/x");
    client.subscribe("/news");
    auto const connect = client.connect();
    client.send(batch_of({client.message("/news", R"("data":1)"), client.message("/slow/x")}));
    BOOST_TEST(world.answered(connect).count("/news") == 1U);
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
    BOOST_TEST(client.publish("/foo", "1").error() == "403:own:publish_denied");
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
        "gate", [&](Incoming& in) { return desk.put_off(in.pending); });
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

BOOST_AUTO_TEST_CASE(a_message_of_the_server_can_wait_too)
{
    FakeWorld world;
    FakeClient client(world);
    Desk desk;
    world.context().channel("/news").add_listener(
        "moderation", [&](Incoming& in) { return desk.put_off(in.pending); });
    client.subscribe("/news");
    auto const connect = client.connect();
    world.context().publish("/news", 1);
    world.context().publish("/news", 2);
    world.pass(0ms);
    world.resolve(desk.take(), Decision::deny());
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(world.answered(connect).data("/news") == boost::json::array{2});
}
