#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 2 and 13

namespace {

struct Fixture {
    FakeWorld world;
    FakeClient client{world};

    ScriptedExtension& on_server()
    {
        auto made = std::make_shared<ScriptedExtension>();
        world.engine().add_extension(made);
        return *made;
    }
    ScriptedExtension& on_session(FakeClient const& of)
    {
        auto made = std::make_shared<ScriptedExtension>();
        world.context().session(of.id())->add_extension(made);
        return *made;
    }
};

} // namespace

// --- Incoming

BOOST_FIXTURE_TEST_CASE(a_veto_on_the_way_in_deletes_the_message, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    on_server().on_incoming = [](Session*, Message& message, MessageReply&, Pending) {
        return message.channel() == "/foo" ? Decision::deny("unheard") : Decision::allow();
    };
    BOOST_TEST(
        client.publish("/foo", "1").text ==
        R"([{"channel":"/foo","id":"2","successful":false,"error":"404::message_deleted"}])");
    BOOST_TEST(subscriber.poll().count("/foo") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_veto_that_is_handled_answers_with_what_the_extension_wrote, Fixture)
{
    on_session(client).on_incoming = [](Session*, Message&, MessageReply& reply, Pending) {
        reply.fail("499:slow:down");
        reply.advice = Advice{Advice::Reconnect::retry, 5s, 30s};
        reply.set_member("ext", "{}");
        reply.handled = true;
        return Decision::deny();
    };
    BOOST_TEST(client.publish("/foo", "1").text ==
               R"([{"channel":"/foo","id":"2","successful":false,"error":"499:slow:down","ext":{},)"
               R"("advice":{"reconnect":"retry","interval":5000,"timeout":30000}}])");
}

BOOST_FIXTURE_TEST_CASE(a_veto_comes_before_the_session_check, Fixture)
{
    std::vector<Session*> from;
    on_server().on_incoming = [&](Session* session, Message&, MessageReply&, Pending) {
        from.push_back(session);
        return Decision::deny();
    };
    BOOST_TEST(
        world.exchange(R"({"channel":"/meta/connect","clientId":"nobody"})").text ==
        R"([{"channel":"/meta/connect","successful":false,"error":"404::message_deleted"}])");
    client.publish("/foo", "1");
    BOOST_TEST((from == std::vector<Session*>{nullptr, world.context().session(client.id())}));
}

BOOST_FIXTURE_TEST_CASE(after_a_veto_no_further_extension_is_asked, Fixture)
{
    int asked = 0;
    auto const refuse = [&](Session*, Message&, MessageReply&, Pending) {
        ++asked;
        return Decision::deny();
    };
    on_session(client).on_incoming = refuse;
    on_server().on_incoming = refuse;
    on_server().on_incoming = refuse;
    client.publish("/foo", "1");
    BOOST_TEST(asked == 1);
}

BOOST_FIXTURE_TEST_CASE(an_extension_may_change_the_message, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    on_server().on_incoming = [](Session*, Message& message, MessageReply&, Pending) {
        message.set_data(R"("changed")");
        message.set_member("timestamp", R"("now")");
        return Decision::allow();
    };
    client.publish("/foo", R"("original")");
    BOOST_TEST(subscriber.poll().text.starts_with(
        R"([{"channel":"/foo","data":"changed","timestamp":"now"},)"));
}

BOOST_FIXTURE_TEST_CASE(session_extensions_see_their_own_sessions_messages_alone, Fixture)
{
    FakeClient other(world);
    int seen = 0;
    auto& extension = on_session(client);
    extension.on_incoming = [&](Session* from, Message&, MessageReply&, Pending) {
        BOOST_TEST(from->id() == client.id());
        ++seen;
        return Decision::allow();
    };
    extension.on_replying = [&](Session* to, MessageReply&) {
        BOOST_TEST(to->id() == client.id());
        ++seen;
        return Extension::Verdict::keep;
    };
    other.publish("/foo", "1");
    BOOST_TEST(seen == 0);
    client.publish("/foo", "1");
    BOOST_TEST(seen == 2);
}

// --- Replies

BOOST_FIXTURE_TEST_CASE(a_dropped_reply_leaves_an_empty_answer, Fixture)
{
    on_session(client).on_replying = [](Session*, MessageReply& reply) {
        return reply.channel == "/foo" ? Extension::Verdict::drop : Extension::Verdict::keep;
    };
    BOOST_TEST(client.publish("/foo", "1").text == "[]");
    BOOST_TEST(client.exchange(batch_of({client.message("/foo"), client.message("/bar")})).text ==
               R"([{"channel":"/bar","id":"4","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(the_reply_to_a_held_connect_passes_extensions_when_it_is_sent, Fixture)
{
    auto& extension = on_server();
    int replies = 0;
    extension.on_incoming = [](Session*, Message&, MessageReply& reply, Pending) {
        reply.set_member("ext", R"({"in":1})");
        return Decision::allow();
    };
    extension.on_replying = [&](Session* to, MessageReply& reply) {
        BOOST_TEST(to->id() == client.id());
        ++replies;
        reply.set_member("out", "1");
        return Extension::Verdict::keep;
    };
    auto const connect = client.connect();
    BOOST_TEST(replies == 0);
    world.pass(30s);
    BOOST_TEST(replies == 1);
    BOOST_TEST(
        world.answered(connect).text ==
        R"([{"channel":"/meta/connect","id":"2","successful":true,"ext":{"in":1},"out":1}])");
}

BOOST_FIXTURE_TEST_CASE(an_extension_may_rewrite_advice, Fixture)
{
    on_server().on_replying = [](Session*, MessageReply& reply) {
        reply.advice = Advice{Advice::Reconnect::retry, 1s, 2s};
        return Extension::Verdict::keep;
    };
    BOOST_TEST(client.poll().on("/meta/connect").at("advice").at("interval").as_int64() == 1000);
}

// --- Publishing and delivering

BOOST_FIXTURE_TEST_CASE(a_message_dropped_when_it_is_published_is_deleted, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    on_server().on_publishing = [](Session*, Message&) { return Extension::Verdict::drop; };
    BOOST_TEST(
        client.publish("/foo", "1").on("/foo").at("error").as_string() == "404::message_deleted");
    BOOST_TEST(subscriber.poll().count("/foo") == 0U);
    BOOST_TEST(world.engine().statistics().messages_published == 0U);
}

BOOST_FIXTURE_TEST_CASE(
    publishing_extensions_see_broadcasts_alone_and_the_last_added_first, Fixture)
{
    std::string seen;
    for (auto const* const name : {"first", "second"})
        on_server().on_publishing = [&seen, name](Session* from, Message& message) {
            seen.append(name).append(from == nullptr ? " server " : " client ");
            seen.append(message.channel()).append("; ");
            return Extension::Verdict::keep;
        };
    client.publish("/service/x", "1");
    client.poll();
    BOOST_TEST(seen.empty());
    client.publish("/foo", "1");
    world.context().publish("/bar", 1);
    world.pass(0ms);
    BOOST_TEST(seen == "second client /foo; first client /foo; "
                       "second server /bar; first server /bar; ");
}

BOOST_FIXTURE_TEST_CASE(a_session_extension_may_replace_or_drop_what_is_delivered, Fixture)
{
    FakeClient other(world);
    client.subscribe("/foo");
    other.subscribe("/foo");
    on_session(client).on_delivering = [](Session&, FrozenMessage& message) {
        if (message->json.find("secret") != std::string::npos)
            return Extension::Verdict::drop;
        message = freeze(message->channel, R"("replaced")");
        return Extension::Verdict::keep;
    };
    FakeClient publisher(world);
    publisher.publish("/foo", R"("plain")");
    publisher.publish("/foo", R"("secret")");
    BOOST_TEST(client.poll().data("/foo") == boost::json::array{"replaced"});
    BOOST_TEST(other.poll().data("/foo") == (boost::json::array{"plain", "secret"}));
}

BOOST_FIXTURE_TEST_CASE(an_extension_added_while_extensions_run_takes_part, Fixture)
{
    auto late = std::make_shared<ScriptedExtension>();
    int seen = 0;
    late->on_incoming = [&](Session*, Message&, MessageReply&, Pending) {
        ++seen;
        return Decision::allow();
    };
    bool added = false;
    on_session(client).on_incoming = [&](Session* from, Message&, MessageReply&, Pending) {
        if (!std::exchange(added, true))
            from->add_extension(late);
        return Decision::allow();
    };
    client.publish("/foo", "1");
    BOOST_TEST(seen == 1);
}

BOOST_FIXTURE_TEST_CASE(
    server_extensions_see_what_goes_to_one_session_and_then_the_sessions_own, Fixture)
{
    std::string seen;
    auto const note = [&](std::string_view who) {
        return [&seen, who](Session& to, FrozenMessage& message) {
            seen.append(who).append(message->channel).append(" ");
            message = freeze(message->channel, R"("for )" + to.id() + '"');
            return message->channel == "/secret" ? Extension::Verdict::drop
                                                 : Extension::Verdict::keep;
        };
    };
    on_session(client).on_delivering = note("session ");
    on_server().on_delivering = note("server ");
    client.subscribe("/broadcast");
    client.publish("/broadcast", "1");
    auto& session = *world.context().session(client.id());
    session.deliver("/alone", 1);
    session.deliver("/secret", 1);
    world.pass(0ms);
    BOOST_TEST(seen == "session /broadcast server /alone session /alone server /secret ");
    auto const answer = client.poll();
    BOOST_TEST(answer.data("/alone") == boost::json::array{"for " + client.id()});
    BOOST_TEST(answer.count("/secret") == 0U);
}
