#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto full_advice = R"("advice":{"reconnect":"retry","interval":0,"timeout":30000})";

bool has_advice(Answer const& answer)
{
    return answer.on("/meta/connect").contains("advice");
}

} // namespace

// --- When a connect is answered (wire-behaviour 4.2)

BOOST_AUTO_TEST_CASE(the_first_connect_is_answered_at_once_even_without_timeout_zero)
{
    FakeWorld world;
    auto const handshake = world.exchange(R"([{"channel":"/meta/handshake"}])");
    auto const id = std::string(handshake.on("/meta/handshake").at("clientId").as_string());
    auto const answer =
        world.exchange(R"([{"channel":"/meta/connect","id":"2","clientId":")" + id + R"("}])");
    BOOST_TEST(answer.text == R"([{"channel":"/meta/connect","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(a_later_connect_is_held_until_its_timeout_and_answered_without_advice)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(connect).has_value());
    world.pass(1ms);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":true}])");
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
}

BOOST_AUTO_TEST_CASE(a_connect_with_timeout_zero_is_answered_at_once_with_the_servers_advice)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.poll().text ==
               std::string(R"([{"channel":"/meta/connect","id":"2","successful":true,)") +
                   full_advice + "}]");
}

BOOST_AUTO_TEST_CASE(a_client_may_ask_for_a_shorter_or_longer_hold)
{
    FakeWorld world;
    FakeClient client(world);
    for (auto const timeout : {500ms, 120'000ms}) {
        auto const connect =
            client.connect(R"("advice":{"timeout":)" + std::to_string(timeout.count()) + "}");
        world.pass(timeout - 1ms);
        BOOST_TEST(!world.answer(connect).has_value());
        world.pass(1ms);
        auto const answer = world.answered(connect);
        auto const& advice = answer.on("/meta/connect").at("advice").as_object();
        BOOST_TEST(advice.at("timeout").as_int64() == 30'000); // never the client's own
    }
}

BOOST_AUTO_TEST_CASE(what_a_client_asks_for_holds_for_one_connect)
{
    FakeWorld world;
    FakeClient client(world);
    client.poll();
    auto const connect = client.connect();
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(connect).has_value());
    world.pass(1ms);
    BOOST_TEST(!has_advice(world.answered(connect)));
}

BOOST_AUTO_TEST_CASE(a_negative_timeout_of_the_client_counts_as_none)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect(R"("advice":{"timeout":-1})");
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(connect).has_value());
    world.pass(1ms);
    BOOST_TEST(has_advice(world.answered(connect)));
}

BOOST_AUTO_TEST_CASE(an_absurd_timeout_does_not_overflow)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect(
        R"("advice":{"timeout":9223372036854775807,"interval":9223372036854775807})");
    world.pass(10s);
    BOOST_TEST(!world.answer(connect).has_value());
    client.subscribe("/foo");
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(
        world.answered(connect).on("/meta/connect").at("advice").at("interval").as_int64() > 0);
    world.pass(1h);
    BOOST_TEST(client.publish("/bar", "1").on("/bar").at("successful").as_bool());
}

BOOST_AUTO_TEST_CASE(a_server_whose_timeout_is_zero_never_holds)
{
    EngineOptions options;
    options.timeout = 0ms;
    FakeWorld world(options);
    FakeClient client(world);
    BOOST_TEST(world.answer(client.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(a_connect_in_company_is_answered_at_once_wherever_it_stands)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(
        client.exchange(batch_of({client.message("/meta/connect"), client.message("/foo")})).text ==
        R"([{"channel":"/meta/connect","id":"2","successful":true},)"
        R"({"channel":"/foo","id":"3","successful":true}])");
    BOOST_TEST(
        client.exchange(batch_of({client.message("/foo"), client.message("/meta/connect")})).text ==
        R"([{"channel":"/foo","id":"4","successful":true},)"
        R"({"channel":"/meta/connect","id":"5","successful":true}])");
}

BOOST_AUTO_TEST_CASE(a_connect_is_answered_at_once_when_messages_wait)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    alice.publish("/foo", "1");
    alice.publish("/foo", "2");
    BOOST_TEST(world.answered(bob.connect()).text ==
               R"([{"channel":"/foo","data":1},{"channel":"/foo","data":2},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
    BOOST_TEST(!world.answer(bob.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(the_connection_type_is_not_checked)
{
    FakeWorld world;
    FakeClient client(world);
    for (auto const* const type : {R"("iframe")", "5", "null"})
        BOOST_TEST(client
                       .exchange(client.message("/meta/connect",
                           std::string(R"("advice":{"timeout":0},"connectionType":)") + type))
                       .on("/meta/connect")
                       .at("successful")
                       .as_bool());
}

BOOST_AUTO_TEST_CASE(a_connect_vetoed_by_an_extension_is_not_held)
{
    FakeWorld world;
    FakeClient client(world);
    auto extension = std::make_shared<ScriptedExtension>();
    extension->on_incoming = [](Session*, Message&, MessageReply&, Pending) {
        return Decision::deny();
    };
    world.engine().add_extension(extension);
    BOOST_TEST(world.answered(client.connect()).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":false,)"
               R"("error":"404::message_deleted"}])");
}

BOOST_AUTO_TEST_CASE(a_connect_whose_listener_ends_the_session_is_advised_not_to_come_again)
{
    FakeWorld world;
    FakeClient client(world);
    world.context()
        .channel("/meta/connect")
        .add_listener(
            "test", seeing([](Session* from, Channel&, Message&) { from->disconnect(); }));
    BOOST_TEST(client.poll().text ==
               R"([{"channel":"/meta/disconnect","successful":true},)"
               R"({"channel":"/meta/connect","id":"2","successful":true,"advice":)"
               R"({"reconnect":"none","interval":0,"timeout":30000}}])");

    FakeClient other(world, client); // its first connect is the one disconnected
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

// --- What ends a hold (wire-behaviour 4.4)

BOOST_AUTO_TEST_CASE(a_held_connect_returns_messages_first_and_its_reply_last)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    alice.publish("/foo", R"({"text":"hello"})");
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/foo","data":{"text":"hello"}},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
}

BOOST_AUTO_TEST_CASE(a_burst_in_one_request_comes_in_order_and_exactly_once)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    std::vector<std::string> burst;
    for (int i = 0; i < 10; ++i)
        burst.push_back(alice.message("/foo", R"("data":)" + std::to_string(i)));
    alice.exchange(batch_of(burst));
    auto received = world.answered(connect).data("/foo");
    auto const rest = bob.poll().data("/foo");
    received.insert(received.end(), rest.begin(), rest.end());
    BOOST_TEST(received == (boost::json::array{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

BOOST_AUTO_TEST_CASE(a_disconnect_releases_the_held_connect_with_what_waits)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    auto const connect = client.connect();
    auto const answer = client.exchange(
        batch_of({client.message("/foo", R"("data":1)"), client.message("/meta/disconnect")}));
    BOOST_TEST(answer.text == R"([{"channel":"/foo","id":"4","successful":true},)"
                              R"({"channel":"/meta/disconnect","id":"5","successful":true}])");
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/foo","data":1},{"channel":"/meta/connect","id":"3",)"
               R"("successful":true,"advice":{"reconnect":"none"}}])");
}

// --- A second connect (wire-behaviour 4.6)

BOOST_AUTO_TEST_CASE(a_newer_connect_fails_the_held_one_and_takes_its_place)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const first = bob.connect();
    auto const second = bob.connect();
    auto const failed = world.answered(first);
    BOOST_TEST(!failed.ok);
    BOOST_TEST(failed.status == 500);
    BOOST_TEST(!world.answer(second).has_value());
    BOOST_TEST(world.engine().statistics().duplicate_connects == 1U);
    BOOST_TEST(world.engine().statistics().held_connects == 1U);
    alice.publish("/foo", "1");
    BOOST_TEST(world.answered(second).text ==
               R"([{"channel":"/foo","data":1},)"
               R"({"channel":"/meta/connect","id":"4","successful":true}])");
}

BOOST_AUTO_TEST_CASE(the_status_of_a_superseded_connect_can_be_chosen)
{
    EngineOptions options;
    options.duplicate_meta_connect_http_response_code = 408;
    FakeWorld world(options);
    FakeClient client(world);
    auto const first = client.connect();
    client.poll();
    BOOST_TEST(world.answered(first).status == 408);
}

BOOST_AUTO_TEST_CASE(the_timeout_of_a_superseded_hold_does_not_end_the_newer_one)
{
    FakeWorld world;
    FakeClient client(world);
    auto const first = client.connect();
    world.pass(20s);
    auto const second = client.connect();
    world.answered(first);
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(second).has_value());
    world.pass(1ms);
    BOOST_TEST(world.answer(second).has_value());
}

// --- Advice (wire-behaviour 4.3, 11)

BOOST_AUTO_TEST_CASE(a_connect_with_an_advice_object_is_answered_with_advice_even_an_empty_one)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect(R"("advice":{})");
    world.pass(30s);
    BOOST_TEST(world.answered(connect).text ==
               std::string(R"([{"channel":"/meta/connect","id":"2","successful":true,)") +
                   full_advice + "}]");
}

BOOST_AUTO_TEST_CASE(the_interval_that_a_client_announces_is_repeated_in_the_advice)
{
    FakeWorld world;
    FakeClient client(world);
    auto const answer = client.exchange(
        client.message("/meta/connect", R"("advice":{"timeout":0,"interval":5000})"));
    BOOST_TEST(
        answer.on("/meta/connect").at("advice").as_object() ==
        (boost::json::object{{"reconnect", "retry"}, {"interval", 5000}, {"timeout", 30000}}));
}

BOOST_AUTO_TEST_CASE(times_set_by_the_server_are_advised_once)
{
    FakeWorld world;
    FakeClient client(world);
    world.context().session(client.id())->set_timeout(5s);
    auto const first = client.poll(); // had advice coming in any case
    BOOST_TEST(first.on("/meta/connect").at("advice").at("timeout").as_int64() == 5000);
    auto const second = client.connect();
    world.pass(5s);
    BOOST_TEST(!has_advice(world.answered(second)));

    world.context().session(client.id())->set_interval(100ms);
    auto const third = client.connect();
    world.pass(5s);
    BOOST_TEST(
        world.answered(third).on("/meta/connect").at("advice").at("interval").as_int64() == 100);
    auto const fourth = client.connect();
    world.pass(5s);
    BOOST_TEST(!has_advice(world.answered(fourth)));
}

BOOST_AUTO_TEST_CASE(times_set_while_a_connect_is_held_are_advised_in_its_reply)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    auto& session = *world.context().session(client.id());
    session.set_timeout(5s);
    session.set_interval(100ms);
    world.pass(30s);
    BOOST_TEST(world.answered(connect).on("/meta/connect").at("advice").as_object() ==
               (boost::json::object{{"reconnect", "retry"}, {"interval", 100}, {"timeout", 5000}}));
}

BOOST_AUTO_TEST_CASE(an_interval_set_while_a_connect_is_held_counts_for_its_expiry)
{
    FakeWorld world;
    FakeClient client(world);
    client.connect();
    world.context().session(client.id())->set_interval(5s);
    world.pass(30s + 15s - 1ms);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    world.pass(1ms);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}
