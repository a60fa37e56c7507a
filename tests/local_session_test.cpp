#include "bayeux/local_session.hpp"
#include "bayeux/testing/fake_world.hpp"
#include "tests/support/decision_desk.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 16

namespace {

/// Writes down what a local session gets.
struct Notes {
    std::vector<std::string> messages;
    std::vector<std::string> replies;

    LocalSession::MessageHandler message(std::string name = {})
    {
        return [this, name](Message const& message) {
            messages.push_back(
                name + std::string(message.channel()) + " " + std::string(message.data_text()));
        };
    }
    LocalSession::ReplyHandler reply()
    {
        return [this](MessageReply const& reply) {
            replies.push_back(reply.channel + " " + (reply.successful ? "yes" : reply.error));
        };
    }
};

using Lines = std::vector<std::string>;

struct Fixture {
    FakeWorld world;
    Recorder recorder;
    Notes notes;
    FakeClient client{world};
    std::unique_ptr<LocalSession> local = make();

    std::unique_ptr<LocalSession> make()
    {
        world.engine().add_listener(recorder);
        return world.context().local_session("bot");
    }
    void settle() { world.pass(0ms); }
    void subscribe(std::string_view channel)
    {
        local->subscribe(channel, notes.message(), notes.reply());
        settle();
    }
};

} // namespace

// --- Its life

BOOST_FIXTURE_TEST_CASE(it_has_a_session_from_the_next_call_on, Fixture)
{
    BOOST_TEST(local->session() == nullptr);
    settle();
    BOOST_REQUIRE(local->session() != nullptr);
    BOOST_TEST(local->session()->id() == local->id());
    BOOST_TEST(local->id().starts_with("bot_"));
    BOOST_TEST(local->id().size() == 4U + 26U);
    BOOST_TEST(local->session()->is_local());
    BOOST_TEST(local->session()->connected());
    BOOST_TEST(local->session()->peer() == "local");
    BOOST_TEST(!world.context().session(client.id())->is_local());
    BOOST_TEST(recorder.lines == Lines{"added"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(it_never_expires, Fixture)
{
    settle();
    world.pass(48h);
    BOOST_TEST(world.context().session(client.id()) == nullptr);
    BOOST_TEST(local->session() != nullptr);
}

BOOST_FIXTURE_TEST_CASE(it_disconnects_and_listeners_hear_of_it, Fixture)
{
    subscribe("/foo");
    recorder.lines.clear();
    local->disconnect();
    local->disconnect();
    settle();
    BOOST_TEST(local->session() == nullptr);
    BOOST_TEST(recorder.lines == (Lines{"removed disconnected", "unsubscribed /foo"}),
        boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(it_ends_with_its_owner, Fixture)
{
    subscribe("/foo");
    client.publish("/foo", "1");
    local->publish("/foo", 2, notes.reply());
    auto const id = local->id();
    notes = {};
    local.reset();
    settle();
    BOOST_TEST(world.context().session(id) == nullptr);
    BOOST_TEST(notes.messages.empty());
    BOOST_TEST(notes.replies.empty());
}

BOOST_FIXTURE_TEST_CASE(an_owner_may_go_before_the_handshake_is_answered, Fixture)
{
    auto const id = local->id();
    local->subscribe("/foo", notes.message(), notes.reply());
    local.reset();
    settle();
    BOOST_TEST(world.context().session(id) == nullptr);
    BOOST_TEST(notes.replies.empty());
}

BOOST_AUTO_TEST_CASE(it_may_be_a_member_of_a_service_and_go_with_the_engine)
{
    struct Bot : BayeuxService {
        explicit Bot(ServiceContext& context)
            : BayeuxService(context, "bot"), session(context.local_session("bot"))
        {
            session->subscribe("/foo", [this](Message const&) { ++heard; });
        }
        std::unique_ptr<LocalSession> session;
        int heard = 0;
    };
    FakeWorld world;
    auto made = std::make_unique<Bot>(world.context());
    auto const& bot = *made;
    world.engine().install(std::move(made));
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(bot.heard == 1);
}

BOOST_FIXTURE_TEST_CASE(it_ends_when_somebody_disconnects_it_or_the_server_goes_down, Fixture)
{
    settle();
    local->session()->disconnect();
    settle();
    BOOST_TEST(recorder.lines.back() == "removed by server");
    local->publish("/foo", 1, notes.reply());
    settle();
    BOOST_TEST(
        notes.replies == Lines{"/foo 402::session_unknown"}, boost::test_tools::per_element());
    auto const other = world.context().local_session("other");
    settle();
    world.shutdown(1s);
    BOOST_TEST(other->session() == nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_hint_has_letters_and_digits, Fixture)
{
    BOOST_TEST(world.context().local_session("A-z_09")->id().starts_with("A-z_09_"));
    for (auto const* const bad : {"", "a b", "\"", "/x", "\xc3\xa4"})
        BOOST_CHECK_THROW(world.context().local_session(bad), std::invalid_argument);
}

// --- Messages

BOOST_FIXTURE_TEST_CASE(it_gets_what_it_has_subscribed_to, Fixture)
{
    subscribe("/foo/*");
    client.publish("/foo/a", "{ \"n\" : 1.0 }");
    client.publish("/foo", "2");
    world.context().publish("/foo/b", 3);
    settle();
    BOOST_TEST(notes.messages == (Lines{"/foo/a { \"n\" : 1.0 }", "/foo/b 3"}),
        boost::test_tools::per_element());
    BOOST_TEST(notes.replies == Lines{"/meta/subscribe yes"}, boost::test_tools::per_element());
    local->unsubscribe("/foo/*", notes.reply());
    settle();
    client.publish("/foo/a", "4");
    BOOST_TEST(notes.messages.size() == 2U);
    BOOST_TEST(notes.replies.back() == "/meta/unsubscribe yes");
}

BOOST_FIXTURE_TEST_CASE(a_message_goes_to_all_handlers_whose_channels_match, Fixture)
{
    for (auto const* const channel : {"/a/b", "/a/*", "/a/**", "/**", "/b", "/b/*"})
        local->subscribe(channel, notes.message(std::string(channel) + ": "));
    local->subscribe("/a/b/", notes.message("again: "));
    settle();
    client.publish("/a/b", "1");
    BOOST_TEST(
        notes.messages == (Lines{"/**: /a/b 1", "/a/**: /a/b 1", "/a/*: /a/b 1", "again: /a/b 1"}),
        boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(it_gets_what_is_for_it_alone, Fixture)
{
    subscribe("/service/x");
    local->session()->deliver("/service/x", 1);
    local->session()->deliver("/nobody/hears", 2);
    settle();
    BOOST_TEST(notes.messages == Lines{"/service/x 1"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(it_publishes_as_itself, Fixture)
{
    std::vector<std::string> from;
    world.context().channel("/foo").add_listener(
        "test", seeing([&](Session* session, Channel&, Message& message) {
            from.push_back(session->id() + std::string(message.client_id()));
        }));
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    local->publish("/foo", {{"n", 1}}, notes.reply());
    settle();
    BOOST_TEST(from == Lines{local->id() + local->id()}, boost::test_tools::per_element());
    BOOST_TEST(subscriber.poll().text.starts_with(R"([{"channel":"/foo","data":{"n":1}},)"));
    BOOST_TEST(notes.replies == Lines{"/foo yes"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_it_sends_in_a_handler_comes_before_the_reply_to_the_message, Fixture)
{
    client.subscribe("/answer");
    local->subscribe(
        "/question", [&](Message const& message) { local->publish("/answer", message.data()); });
    settle();
    BOOST_TEST(client.publish("/question", "7").text ==
               R"([{"channel":"/answer","data":7},)"
               R"({"channel":"/question","id":"3","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(no_handler_is_called_from_inside_of_another, Fixture)
{
    std::string order;
    local->subscribe("/a", [&](Message const&) {
        order += "a(";
        local->publish("/b", 1, [&](MessageReply const&) { order += "reply "; });
        local->subscribe("/c", [&](Message const&) { order += "c "; });
        order += ")a ";
    });
    local->subscribe("/b", [&](Message const&) {
        order += "b(";
        local->publish("/c", 1);
        local->unsubscribe("/b");
        order += ")b ";
    });
    settle();
    client.publish("/a", "1");
    client.publish("/b", "1");
    BOOST_TEST(order == "a()a b()b reply c ");
}

BOOST_FIXTURE_TEST_CASE(a_handler_that_throws_is_logged, Fixture)
{
    local->subscribe("/foo", [](Message const&) { throw std::runtime_error("cannot hear"); });
    local->subscribe("/*", notes.message());
    local->publish(
        "/bar", 1, [](MessageReply const&) { throw std::runtime_error("cannot go on"); });
    settle();
    BOOST_TEST(client.publish("/foo", "1").error().empty());
    BOOST_TEST(notes.messages == (Lines{"/bar 1", "/foo 1"}), boost::test_tools::per_element());
    BOOST_TEST(world.logged("local session bot on /foo: cannot hear") == 1U);
    BOOST_TEST(world.logged("on /bar: cannot go on") == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_channel_is_an_error_at_once, Fixture)
{
    for (auto const* const bad : {"", "foo", "/a//b", "/\xff"}) {
        BOOST_CHECK_THROW(local->subscribe(bad, notes.message()), std::invalid_argument);
        BOOST_CHECK_THROW(local->unsubscribe(bad), std::invalid_argument);
        BOOST_CHECK_THROW(local->publish(bad, 1), std::invalid_argument);
    }
    BOOST_CHECK_THROW(local->publish("/foo", "\xff"), std::invalid_argument);
}

BOOST_FIXTURE_TEST_CASE(no_request_may_use_its_session, Fixture)
{
    settle();
    auto const as_local = [&](std::string const& channel) {
        return world
            .exchange(R"({"channel":")" + channel + R"(","clientId":")" + local->id() + R"("})")
            .error();
    };
    for (auto const* const channel : {"/foo", "/meta/connect", "/meta/disconnect"})
        BOOST_TEST(as_local(channel) == "402::session_unknown");
    BOOST_TEST(!world.answered(world.open_stream(local->id())).ok);
    BOOST_TEST(local->session() != nullptr);
}

// --- It is asked like others

BOOST_FIXTURE_TEST_CASE(extensions_see_what_it_sends_and_gets, Fixture)
{
    std::string seen;
    auto const extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [&](Session* from, Message& message, MessageReply&, Pending) {
        if (from->is_local())
            seen.append("in ").append(message.channel()).append(" ");
        return message.channel() == "/secret" ? Decision::deny() : Decision::allow();
    };
    extension->on_replying = [&](Session* to, MessageReply& reply) {
        if (to->is_local())
            seen.append("out ").append(reply.channel).append(" ");
        return Extension::Verdict::keep;
    };
    world.engine().add_extension(extension);
    local->publish("/secret", 1, notes.reply());
    settle();
    BOOST_TEST(seen == "in /meta/handshake out /meta/handshake in /meta/connect out /meta/connect "
                       "in /secret out /secret ");
    BOOST_TEST(
        notes.replies == Lines{"/secret 404::message_deleted"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(it_begins_and_ends_though_an_extension_hides_its_replies, Fixture)
{
    auto const extension = std::make_shared<ScriptedExtension>();
    extension->on_replying = [](Session*, MessageReply&) { return Extension::Verdict::drop; };
    world.engine().add_extension(extension);
    auto other = world.context().local_session("other");
    settle();
    BOOST_TEST(other->session() != nullptr);
    auto const before = world.engine().statistics().sessions;
    other.reset();
    settle();
    BOOST_TEST(world.engine().statistics().sessions == before - 1);
}

BOOST_FIXTURE_TEST_CASE(it_ends_with_its_owner_though_its_disconnect_is_refused, Fixture)
{
    auto const extension = std::make_shared<ScriptedExtension>();
    auto decision = Decision::deny();
    extension->on_incoming = [&](Session*, Message& message, MessageReply&, Pending) {
        return message.channel() == "/meta/disconnect" ? decision : Decision::allow();
    };
    world.engine().add_extension(extension);
    settle();
    auto const before = world.engine().statistics().sessions;
    for (auto const& refusal : {Decision::deny(), Decision::later()}) {
        decision = refusal;
        auto other = world.context().local_session("other");
        settle();
        BOOST_TEST(world.engine().statistics().sessions == before + 1);
        other.reset();
        settle();
        BOOST_TEST(world.engine().statistics().sessions == before);
    }
}

BOOST_AUTO_TEST_CASE(a_policy_may_refuse_it)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    bool welcome = true;
    policy->handshake = [&](Session& session, MessageReply&, Pending) {
        return welcome && session.is_local() ? Decision::allow() : Decision::deny();
    };
    policy->publish = [](std::string_view channel, Pending) {
        return channel == "/closed" ? Decision::deny() : Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    Notes notes;
    auto const local = world.context().local_session("bot");
    local->publish("/closed", 1, notes.reply());
    local->publish("/closed", 2);
    world.pass(0ms);
    BOOST_TEST(notes.replies == Lines{"/closed 403:denied_by_security_policy:publish_denied"},
        boost::test_tools::per_element());
    BOOST_TEST(world.logged("local session bot on /closed: 403:") == 1U);

    welcome = false;
    auto const other = world.context().local_session("other");
    other->publish("/open", 1, notes.reply());
    world.pass(0ms);
    BOOST_TEST(other->session() == nullptr);
    BOOST_TEST(notes.replies.size() == 1U);
    BOOST_TEST(world.logged("local session other: 403::handshake_denied") == 1U);
}

BOOST_AUTO_TEST_CASE(what_it_sends_before_its_handshake_is_decided_waits_in_order)
{
    Desk desk;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [&](Session& session, MessageReply&, Pending pending) {
        return session.is_local() ? desk.put_off(pending) : Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    Notes notes;
    auto const local = world.context().local_session("bot");
    local->subscribe("/foo", notes.message(), notes.reply());
    local->publish("/foo", 1, notes.reply());
    client.publish("/foo", "0");
    BOOST_TEST(notes.replies.empty());
    world.resolve(desk.take(), Decision::allow());
    BOOST_TEST(notes.replies == (Lines{"/meta/subscribe yes", "/foo yes"}),
        boost::test_tools::per_element());
    BOOST_TEST(notes.messages == Lines{"/foo 1"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(its_messages_wait_for_decisions_like_others, SlowWorld)
{
    Notes notes;
    auto const local = world.context().local_session("bot");
    local->publish("/slow/x", 1, notes.reply());
    world.pass(0ms);
    world.resolve(create.take(), Decision::allow());
    BOOST_TEST(notes.replies.empty());
    world.resolve(publish.take(), Decision::deny("no"));
    BOOST_TEST(
        notes.replies == Lines{"/slow/x 403:no:publish_denied"}, boost::test_tools::per_element());
    local->publish("/slow/x", 2, notes.reply());
    world.pass(0ms);
    local->session()->disconnect();
    world.pass(0ms);
    world.resolve(publish.take(), Decision::allow());
    BOOST_TEST(notes.replies.back() == "/slow/x 402::session_unknown");
}

BOOST_AUTO_TEST_CASE(its_handshakes_are_never_damped)
{
    FakeWorld world;
    std::vector<std::unique_ptr<LocalSession>> many;
    for (int i = 0; i < 100; ++i) {
        many.push_back(world.context().local_session("bot"));
        many.back()->disconnect();
    }
    world.pass(0ms);
    BOOST_TEST(world.engine().statistics().handshakes == 100U);
    BOOST_TEST(world.engine().statistics().handshakes_damped == 0U);
}

BOOST_AUTO_TEST_CASE(it_shakes_hands_where_listeners_deliver_during_handshakes)
{
    EngineOptions options;
    options.allow_message_delivery_during_handshake = true;
    struct Greeter : Listener {
        void session_added(Session& session, Message const&) override
        {
            session.deliver("/welcome", 1);
        }
    } greeter;
    FakeWorld world(options);
    world.engine().add_listener(greeter);
    Notes notes;
    auto const local = world.context().local_session("bot");
    local->subscribe("/welcome", notes.message());
    world.pass(0ms);
    BOOST_TEST(notes.messages == Lines{"/welcome 1"}, boost::test_tools::per_element());
}
