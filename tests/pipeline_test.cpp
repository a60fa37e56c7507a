#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

/// The reply to one message, without the array around it.
std::string reply_to(FakeWorld& world, std::string const& message)
{
    auto const text = world.exchange(message).text;
    return text.substr(1, text.size() - 2);
}

} // namespace

// --- Validation (wire-behaviour 2, steps 1 and 2): no session is needed

BOOST_AUTO_TEST_CASE(a_message_without_channel_is_answered_with_channel_missing)
{
    FakeWorld world;
    BOOST_TEST(
        world.exchange("{}").text == R"([{"successful":false,"error":"400::channel_missing"}])");
    BOOST_TEST(reply_to(world, R"({"id":"8","channel":null,"data":1})") ==
               R"({"id":"8","successful":false,"error":"400::channel_missing"})");
}

BOOST_AUTO_TEST_CASE(a_bad_channel_is_answered_with_channel_invalid)
{
    FakeWorld world;
    for (auto const* const channel : {"/", "foo", "/foo%", "/foo//x", "/foo/*/x", "/**/x"})
        BOOST_TEST(reply_to(world, std::string(R"({"id":"8","channel":")") + channel + R"("})") ==
                   std::string(R"({"channel":")") + channel +
                       R"(","id":"8","successful":false,"error":"405::channel_invalid"})");
}

BOOST_AUTO_TEST_CASE(an_empty_channel_is_invalid_and_not_missing)
{
    FakeWorld world;
    auto const answer = world.exchange(R"({"id":"8","channel":""})");
    BOOST_TEST(answer.body.at(0).at("error").as_string() == "405::channel_invalid");
}

BOOST_AUTO_TEST_CASE(a_bad_id_is_answered_with_message_id_invalid_and_echoed)
{
    FakeWorld world;
    for (auto const* const id : {R"("a-b")", R"("")", R"("\u00e9")", R"("1 2")", "1.5", "{}"}) {
        auto const answer = world.exchange(std::string(R"({"channel":"/a","id":)") + id + "}");
        BOOST_TEST(answer.on("/a").at("error").as_string() == "405::message_id_invalid", id);
    }
    BOOST_TEST(
        reply_to(world, R"({"channel":"/a","id":"a-b"})") ==
        R"({"channel":"/a","id":"a-b","successful":false,"error":"405::message_id_invalid"})");
}

BOOST_AUTO_TEST_CASE(the_channel_is_checked_before_the_id)
{
    FakeWorld world;
    BOOST_TEST(reply_to(world, R"({"channel":"x","id":"-"})") ==
               R"({"channel":"x","id":"-","successful":false,"error":"405::channel_invalid"})");
}

BOOST_AUTO_TEST_CASE(a_numeric_id_comes_back_as_a_string)
{
    FakeWorld world;
    FakeClient client(world);
    auto const body =
        R"([{"id":42,"channel":"/foo","data":"x","clientId":")" + client.id() + R"("}])";
    BOOST_TEST(client.exchange(body).text == R"([{"channel":"/foo","id":"42","successful":true}])");
}

BOOST_AUTO_TEST_CASE(a_reply_has_no_id_when_the_message_had_none)
{
    FakeWorld world;
    FakeClient client(world);
    auto const body =
        R"([{"channel":"/foo","id":null,"data":"x","ext":{},"clientId":")" + client.id() + R"("}])";
    BOOST_TEST(client.exchange(body).text == R"([{"channel":"/foo","successful":true}])");
}

// --- The session (wire-behaviour 2, step 5, and 5.3)

BOOST_AUTO_TEST_CASE(without_a_session_every_message_is_answered_with_session_unknown)
{
    FakeWorld world;
    for (auto const* const client : {R"(,"clientId":"nosuchclient")", "", R"(,"clientId":null)"}) {
        for (auto const* const channel :
            {"/foo", "/service/x", "/meta/disconnect", "/meta/ping", "/meta/bogus"})
            BOOST_TEST(reply_to(world, std::string(R"({"id":"8","channel":")") + channel +
                                           R"(","data":1)" + client + "}") ==
                       std::string(R"({"channel":")") + channel +
                           R"(","id":"8","successful":false,"error":"402::session_unknown"})");
        BOOST_TEST(
            reply_to(world, std::string(R"({"channel":"/meta/subscribe","subscription":"/x")") +
                                client + "}") ==
            R"({"channel":"/meta/subscribe","subscription":"/x","successful":false,)"
            R"("error":"402::session_unknown"})");
    }
    BOOST_TEST(world.engine().statistics().unknown_sessions == 18U);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(only_a_connect_without_session_is_advised_to_handshake)
{
    FakeWorld world;
    BOOST_TEST(
        reply_to(world, R"({"channel":"/meta/connect","id":"2","clientId":"nosuchclient"})") ==
        R"({"channel":"/meta/connect","id":"2","successful":false,)"
        R"("error":"402::session_unknown","advice":{"reconnect":"handshake","interval":0}})");
}

BOOST_AUTO_TEST_CASE(a_message_of_another_session_in_the_same_batch_is_unknown)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient second_tab(world, alice);
    BOOST_TEST(
        alice
            .exchange(batch_of({alice.message("/foo"), second_tab.message("/foo"),
                second_tab.message("/meta/connect"), alice.message("/bar")}))
            .text ==
        R"([{"channel":"/foo","id":"2","successful":true},)"
        R"({"channel":"/foo","id":"2","successful":false,"error":"402::session_unknown"},)"
        R"({"channel":"/meta/connect","id":"3","successful":false,"error":"402::session_unknown",)"
        R"("advice":{"reconnect":"handshake","interval":0}},)"
        R"({"channel":"/bar","id":"3","successful":true}])");
}

BOOST_AUTO_TEST_CASE(the_session_of_a_batch_is_that_of_its_first_message)
{
    FakeWorld world;
    FakeClient client(world);
    auto const answer =
        client.exchange(batch_of({R"({"channel":"/foo","id":"1"})", client.message("/foo")}));
    BOOST_TEST(answer.text ==
               R"([{"channel":"/foo","id":"1","successful":false,"error":"402::session_unknown"},)"
               R"({"channel":"/foo","id":"2","successful":false,"error":"402::session_unknown"}])");
}

// --- Batches (wire-behaviour 5)

BOOST_AUTO_TEST_CASE(replies_come_in_the_order_of_their_messages_and_behind_all_messages)
{
    FakeWorld world;
    FakeClient client(world);
    auto const answer =
        client.exchange(batch_of({client.message("/meta/subscribe", R"("subscription":"/foo")"),
            client.message("/foo", R"("data":"one")"), client.message("bad"),
            client.message("/meta/unsubscribe", R"("subscription":"/foo")"),
            client.message("/foo", R"("data":"two")"), client.message("/meta/disconnect"),
            client.message("/foo", R"("data":"three")")}));
    BOOST_TEST(
        answer.text ==
        R"([{"channel":"/foo","data":"one"},)"
        R"({"channel":"/meta/subscribe","id":"2","subscription":"/foo","successful":true},)"
        R"({"channel":"/foo","id":"3","successful":true},)"
        R"({"channel":"bad","id":"4","successful":false,"error":"405::channel_invalid"},)"
        R"({"channel":"/meta/unsubscribe","id":"5","subscription":"/foo","successful":true},)"
        R"({"channel":"/foo","id":"6","successful":true},)"
        R"({"channel":"/meta/disconnect","id":"7","successful":true},)"
        R"({"channel":"/foo","id":"8","successful":false,"error":"402::session_unknown"}])");
}

BOOST_AUTO_TEST_CASE(a_handshake_in_company_fails_the_whole_batch)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    constexpr auto handshake = R"({"channel":"/meta/handshake"})";
    for (auto const& body : {batch_of({handshake, client.message("/foo")}),
             batch_of({client.message("/foo"), handshake}), batch_of({handshake, handshake}),
             batch_of({client.message("/foo"), R"({"channel":"/meta/handshake/"})"})}) {
        auto const answer = client.exchange(body);
        BOOST_TEST(!answer.ok);
        BOOST_TEST(answer.status == 500);
    }
    BOOST_TEST(client.poll().count("/foo") == 0U); // nothing of it was processed
    BOOST_TEST(world.engine().statistics().sessions == 1U);
}

// --- The order of the stations (wire-behaviour 2)

BOOST_AUTO_TEST_CASE(a_message_passes_all_stations_in_their_order)
{
    std::string passed;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->create = [&](std::string_view, Pending) {
        passed += "create ";
        return Decision::allow();
    };
    policy->publish = [&](std::string_view, Pending) {
        passed += "publish ";
        return Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    client.subscribe("/**");
    auto const extension = [&](std::string const& name) {
        auto made = std::make_shared<ScriptedExtension>();
        made->on_incoming = [&passed, name](Session*, Message&, MessageReply&, Pending) {
            passed += name + ".in ";
            return Decision::allow();
        };
        made->on_publishing = [&passed, name](Session*, Message&) {
            passed += name + ".publishing ";
            return Extension::Verdict::keep;
        };
        made->on_delivering = [&passed, name](Session&, FrozenMessage&) {
            passed += name + ".delivering ";
            return Extension::Verdict::keep;
        };
        made->on_replying = [&passed, name](Session*, MessageReply&) {
            passed += name + ".replying ";
            return Extension::Verdict::keep;
        };
        return made;
    };
    world.engine().add_extension(extension("server1"));
    world.engine().add_extension(extension("server2"));
    auto& session = *world.context().session(client.id());
    session.add_extension(extension("session1"));
    session.add_extension(extension("session2"));
    world.context().channel("/**").add_listener(
        "test", seeing([&](Session*, Channel&, Message&) { passed += "/** "; }));
    passed.clear();

    client.publish("/new", "1");

    BOOST_TEST(passed == "server1.in server2.in session1.in session2.in create publish /** "
                         "server2.publishing server1.publishing "
                         "session2.delivering session1.delivering "
                         "server2.replying server1.replying session2.replying session1.replying ");
}

BOOST_AUTO_TEST_CASE(an_invalid_message_meets_no_incoming_extension_but_its_reply_an_outgoing_one)
{
    FakeWorld world;
    int incoming = 0;
    auto extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [&](Session*, Message&, MessageReply&, Pending) {
        ++incoming;
        return Decision::allow();
    };
    extension->on_replying = [&](Session* to, MessageReply& reply) {
        BOOST_TEST(to == nullptr);
        reply.set_member("ext", R"({"seen":true})");
        return Extension::Verdict::keep;
    };
    world.engine().add_extension(extension);
    BOOST_TEST(world.exchange(R"({"channel":"bad"})").text ==
               R"([{"channel":"bad","successful":false,"error":"405::channel_invalid",)"
               R"("ext":{"seen":true}}])");
    BOOST_TEST(incoming == 0);
}

// --- Other meta channels (wire-behaviour 10, 18.1)

BOOST_AUTO_TEST_CASE(ping_is_answered_with_success)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.publish("/meta/ping", "null").text ==
               R"([{"channel":"/meta/ping","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(an_unknown_meta_channel_cannot_be_created)
{
    FakeWorld world;
    FakeClient client(world);
    for (auto const* const channel :
        {"/meta/bogus", "/meta/connect/x", "/meta/**", "/meta/publish"})
        BOOST_TEST(client.publish(channel, "1").on(channel).at("error").as_string() ==
                       "403:denied_by_security_policy:channel_create_denied",
            channel);
}

BOOST_AUTO_TEST_CASE(a_trailing_slash_does_not_change_what_a_meta_channel_does)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.exchange(client.message("/meta/disconnect/")).text ==
               R"([{"channel":"/meta/disconnect/","id":"2","successful":true}])");
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}
