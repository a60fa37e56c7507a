#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1"}])";

std::string client_id(Answer const& answer)
{
    return answer.on("/meta/handshake").at("clientId").as_string().c_str();
}

} // namespace

// wire-behaviour 3

BOOST_AUTO_TEST_CASE(a_handshake_is_answered_with_a_session_and_complete_advice)
{
    EngineOptions options;
    options.allowed_transports = {"websocket", "long-polling", "callback-polling"};
    options.timeout = 4s;
    options.interval = 50ms;
    FakeWorld world(options);
    auto const answer = world.exchange(
        R"([{"id":"1","version":"1.0","minimumVersion":"1.0","channel":"/meta/handshake",)"
        R"("supportedConnectionTypes":["long-polling"],"advice":{"timeout":60000,"interval":0}}])");
    BOOST_TEST(answer.text ==
               R"([{"channel":"/meta/handshake","id":"1","successful":true,"clientId":")" +
                   client_id(answer) +
                   R"(","version":"1.0","minimumVersion":"1.0",)"
                   R"("supportedConnectionTypes":["websocket","long-polling","callback-polling"],)"
                   R"("advice":{"reconnect":"retry","interval":50,"timeout":4000}}])");
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    BOOST_TEST(world.engine().statistics().handshakes == 1U);
}

BOOST_AUTO_TEST_CASE(a_handshake_needs_nothing_but_its_channel)
{
    FakeWorld world;
    for (auto const* const body : {R"({"channel":"/meta/handshake"})",
             R"([{"channel":"/meta/handshake","version":"9.0",)"
             R"("minimumVersion":"9.0"}])",
             R"([{"channel":"/meta/handshake","supportedConnectionTypes":["iframe"]}])",
             R"([{"channel":"/meta/handshake","supportedConnectionTypes":5,"advice":"x"}])"})
        BOOST_TEST(world.exchange(body).on("/meta/handshake").at("successful").as_bool(), body);
}

BOOST_AUTO_TEST_CASE(a_handshake_without_id_is_answered_without_id)
{
    FakeWorld world;
    BOOST_TEST(
        !world.exchange(R"({"channel":"/meta/handshake"})").on("/meta/handshake").contains("id"));
}

BOOST_AUTO_TEST_CASE(every_handshake_makes_a_new_session_even_with_an_old_client_id)
{
    FakeWorld world;
    FakeClient client(world);
    auto const again = client.exchange(client.message("/meta/handshake"));
    BOOST_TEST(client_id(again) != client.id());
    BOOST_TEST(world.engine().statistics().sessions == 2U);
    BOOST_TEST(client.publish("/foo", "1").on("/foo").at("successful").as_bool());
}

BOOST_AUTO_TEST_CASE(client_ids_are_26_letters_and_digits_and_never_the_same)
{
    FakeWorld world;
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) {
        auto const id = client_id(world.exchange(handshake));
        BOOST_TEST(id.size() == 26U);
        BOOST_TEST(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == id.npos);
        ids.insert(id);
    }
    BOOST_TEST(ids.size() == 100U);
}

BOOST_AUTO_TEST_CASE(all_128_random_bits_show_in_the_client_id)
{
    std::set<std::string> ids;
    for (unsigned bit = 0; bit <= 64; ++bit) {
        auto const random = [bit] { return bit == 64 ? 0U : std::uint64_t{1} << bit; };
        Engine engine({}, random);
        Outbox out;
        engine.receive(Origin{1}, {}, std::get<Batch>(parse_batch(handshake)), Instant(1s), out);
        auto const& first = out.replies.at(0).first;
        auto const id = first.substr(first.find("clientId") + 11, 26);
        ids.insert(id.substr(0, 13));
        BOOST_TEST(id.substr(0, 13) == id.substr(13));
    }
    BOOST_TEST(ids.size() == 65U);
}

// --- The cookie (wire-behaviour 3.4)

BOOST_AUTO_TEST_CASE(a_browser_without_cookie_is_given_one_with_its_session)
{
    FakeWorld world;
    auto const first = world.exchange(handshake);
    auto const second = world.exchange(handshake);
    BOOST_TEST(!first.set_browser_id.empty());
    BOOST_TEST(first.set_browser_id != second.set_browser_id);
    BOOST_TEST(first.set_browser_id.find(client_id(first)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_browser_that_has_a_cookie_keeps_it)
{
    FakeWorld world;
    auto const answer = world.exchange(handshake, "what ever it was");
    BOOST_TEST(answer.on("/meta/handshake").at("successful").as_bool());
    BOOST_TEST(answer.set_browser_id.empty());
}

BOOST_AUTO_TEST_CASE(only_handshakes_set_the_cookie)
{
    FakeWorld world;
    FakeClient client(world, FakeClient::Cookies::drop);
    BOOST_TEST(client.publish("/foo", "1").set_browser_id.empty());
    BOOST_TEST(client.poll().set_browser_id.empty());
}

// --- Refusal (wire-behaviour 3.3)

BOOST_AUTO_TEST_CASE(a_refused_handshake_leaves_no_session_and_sets_no_cookie)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [](Session&, MessageReply&, Pending) { return Decision::deny("because"); };
    FakeWorld world({}, std::move(policy));
    Recorder recorder;
    world.engine().add_listener(recorder);
    auto const answer = world.exchange(handshake);
    BOOST_TEST(answer.text ==
               R"([{"channel":"/meta/handshake","id":"1","successful":false,)"
               R"("error":"403:because:handshake_denied","advice":{"reconnect":"none"}}])");
    BOOST_TEST(answer.set_browser_id.empty());
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    BOOST_TEST(world.engine().statistics().handshakes == 0U);
    BOOST_TEST(recorder.lines.empty());
}

BOOST_AUTO_TEST_CASE(a_policy_that_refuses_may_write_its_own_advice_and_members)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [](Session&, MessageReply& reply, Pending) {
        reply.advice = Advice{Advice::Reconnect::handshake, 5s, {}};
        reply.set_member("ext", R"({"login":"/login"})");
        return Decision::deny();
    };
    FakeWorld world({}, std::move(policy));
    BOOST_TEST(world.exchange(handshake).text ==
               R"([{"channel":"/meta/handshake","id":"1","successful":false,)"
               R"("error":"403::handshake_denied","ext":{"login":"/login"},)"
               R"("advice":{"reconnect":"handshake","interval":5000}}])");
}

BOOST_AUTO_TEST_CASE(a_handshake_vetoed_by_an_extension_has_no_advice)
{
    FakeWorld world;
    auto extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [](Session*, Message&, MessageReply&, Pending) {
        return Decision::deny();
    };
    world.engine().add_extension(extension);
    BOOST_TEST(world.exchange(handshake).text ==
               R"([{"channel":"/meta/handshake","id":"1","successful":false,)"
               R"("error":"404::message_deleted"}])");
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(a_policy_that_throws_refuses_the_handshake)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [](Session&, MessageReply&, Pending) -> Decision {
        throw std::runtime_error("no database");
    };
    FakeWorld world({}, std::move(policy));
    BOOST_TEST(world.exchange(handshake).on("/meta/handshake").at("error").as_string() ==
               "403::handshake_denied");
    BOOST_TEST(world.logged("security policy on /meta/handshake: no database") == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 1U);
}

// --- Side effects (wire-behaviour 3.5)

BOOST_AUTO_TEST_CASE(all_handlers_of_a_handshake_see_the_session_with_its_id)
{
    std::vector<std::string> seen;
    auto const note = [&](std::string const& who, Session* session) {
        seen.push_back(who + ' ' + (session == nullptr ? "null" : session->id() + session->peer()));
    };
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [&](Session& session, MessageReply&, Pending) {
        note("policy", &session);
        return Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    auto extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [&](Session* from, Message&, MessageReply&, Pending) {
        note("extension in", from);
        return Decision::allow();
    };
    extension->on_replying = [&](Session* to, MessageReply&) {
        note("extension out", to);
        return Extension::Verdict::keep;
    };
    world.engine().add_extension(extension);
    world.context()
        .channel("/meta/handshake")
        .add_listener("test",
            seeing([&](Session* from, Channel&, Message&) { note("channel listener", from); }));
    Recorder recorder;
    recorder.on_session = [&](Session& session, std::string const& line) { note(line, &session); };
    world.engine().add_listener(recorder);

    auto const session = ' ' + client_id(world.exchange(handshake)) + "192.0.2.1:1";

    BOOST_TEST(
        (seen == std::vector<std::string>{"extension in" + session, "channel listener" + session,
                     "policy" + session, "added" + session, "extension out" + session}));
}

BOOST_AUTO_TEST_CASE(what_handlers_of_a_handshake_deliver_comes_with_the_first_connect)
{
    FakeWorld world;
    auto extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [](Session* from, Message& message, MessageReply&, Pending) {
        if (message.channel() == "/meta/handshake")
            from->deliver("/early", 1);
        return Decision::allow();
    };
    world.engine().add_extension(extension);
    Recorder recorder;
    recorder.on_session = [](Session& session, std::string const&) {
        session.deliver("/welcome", 2);
    };
    world.engine().add_listener(recorder);

    auto const answer = world.exchange(handshake);
    BOOST_TEST(answer.body.size() == 1U);
    auto const connect = world.exchange(
        R"({"channel":"/meta/connect","id":"2","clientId":")" + client_id(answer) + R"("})");
    BOOST_TEST(connect.text == R"([{"channel":"/early","data":1},{"channel":"/welcome","data":2},)"
                               R"({"channel":"/meta/connect","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(advice_that_a_listener_writes_into_a_granted_handshake_is_replaced)
{
    FakeWorld world;
    world.context().channel("/meta/handshake").add_listener("test", [](Incoming& in) {
        in.reply.advice = Advice{Advice::Reconnect::none, {}, {}};
        return Decision::allow();
    });
    BOOST_TEST(world.exchange(handshake).on("/meta/handshake").at("advice").as_object() ==
               (boost::json::object{{"reconnect", "retry"}, {"interval", 0}, {"timeout", 30000}}));
}

BOOST_AUTO_TEST_CASE(a_session_set_up_in_the_handshake_is_advised_its_own_times)
{
    FakeWorld world;
    Recorder recorder;
    recorder.on_session = [](Session& session, std::string const&) {
        session.set_timeout(5s);
        session.set_interval(70ms);
    };
    world.engine().add_listener(recorder);
    auto const answer = world.exchange(handshake);
    auto const& advice = answer.on("/meta/handshake").at("advice").as_object();
    BOOST_TEST(advice.at("timeout").as_int64() == 5000);
    BOOST_TEST(advice.at("interval").as_int64() == 70);
    auto const connect =
        world.exchange(R"({"channel":"/meta/connect","clientId":")" + client_id(answer) + R"("})");
    BOOST_TEST(!connect.on("/meta/connect").contains("advice")); // it has been told
}
