#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 7

BOOST_AUTO_TEST_CASE(a_disconnect_ends_the_session_at_once)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.disconnect().text ==
               R"([{"channel":"/meta/disconnect","id":"2","successful":true}])");
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    BOOST_TEST(
        world.answered(client.connect()).text ==
        R"([{"channel":"/meta/connect","id":"3","successful":false,)"
        R"("error":"402::session_unknown","advice":{"reconnect":"handshake","interval":0}}])");
    BOOST_TEST(
        client.publish("/foo", "1").text ==
        R"([{"channel":"/foo","id":"4","successful":false,"error":"402::session_unknown"}])");
    BOOST_TEST(client.disconnect().text ==
               R"([{"channel":"/meta/disconnect","id":"5","successful":false,)"
               R"("error":"402::session_unknown"}])");
}

BOOST_AUTO_TEST_CASE(a_held_connect_is_released_and_told_not_to_reconnect)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    BOOST_TEST(client.disconnect().text ==
               R"([{"channel":"/meta/disconnect","id":"3","successful":true}])");
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":true,)"
               R"("advice":{"reconnect":"none"}}])");
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
}

BOOST_AUTO_TEST_CASE(a_disconnect_takes_waiting_messages_along)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(client.disconnect().text ==
               R"([{"channel":"/foo","data":1},)"
               R"({"channel":"/meta/disconnect","id":"3","successful":true}])");
}

BOOST_AUTO_TEST_CASE(the_server_ends_a_session_with_a_message_on_the_held_connect)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.context().session(client.id())->disconnect();
    world.pass(0ms);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/meta/disconnect","successful":true},)"
               R"({"channel":"/meta/connect","id":"2","successful":true,)"
               R"("advice":{"reconnect":"none"}}])");
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_whose_handler_ends_the_session_brings_the_news_with_its_reply)
{
    FakeWorld world;
    FakeClient client(world);
    world.context()
        .channel("/service/kick")
        .add_listener("test", seeing([](Session* from, Channel&, Message&) {
            from->disconnect();
            from->disconnect(); // once is enough
        }));
    BOOST_TEST(client.publish("/service/kick", "{}").text ==
               R"([{"channel":"/meta/disconnect","successful":true},)"
               R"({"channel":"/service/kick","id":"2","successful":true}])");
    BOOST_TEST(client.poll().on("/meta/connect").at("error").as_string() == "402::session_unknown");
}

BOOST_AUTO_TEST_CASE(what_a_handler_delivers_before_it_ends_the_session_arrives)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    auto& session = *world.context().session(client.id());
    session.deliver("/reason", "spam");
    session.disconnect();
    session.deliver("/too/late", 1);
    world.pass(0ms);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/reason","data":"spam"},)"
               R"({"channel":"/meta/disconnect","successful":true},)"
               R"({"channel":"/meta/connect","id":"2","successful":true,)"
               R"("advice":{"reconnect":"none"}}])");
}

BOOST_AUTO_TEST_CASE(messages_behind_a_disconnect_in_one_batch_are_unknown)
{
    FakeWorld world;
    FakeClient client(world);
    auto const answer = client.exchange(
        batch_of({client.message("/meta/disconnect"), client.message("/meta/connect")}));
    BOOST_TEST(answer.text ==
               R"([{"channel":"/meta/disconnect","id":"2","successful":true},)"
               R"({"channel":"/meta/connect","id":"3","successful":false,)"
               R"("error":"402::session_unknown","advice":{"reconnect":"none","interval":0}}])");
}

// --- Removal notifications (wire-behaviour 7.1)

BOOST_AUTO_TEST_CASE(a_removal_is_told_in_order_and_once_whatever_ended_the_session)
{
    FakeWorld world;
    Recorder recorder;
    world.engine().add_listener(recorder);
    std::vector<std::string_view> left;
    recorder.on_session = [&](Session& session, std::string const& line) {
        if (line.starts_with("removed"))
            left = session.subscriptions();
    };
    std::vector<std::pair<std::string, std::function<void(FakeClient&)>>> const endings{
        {"disconnected", [](FakeClient& client) { client.disconnect(); }},
        {"expired", [&](FakeClient&) { world.pass(10s); }},
        {"by server",
            [&](FakeClient& client) {
                if (auto* const session = world.context().session(client.id()))
                    session->disconnect();
                world.pass(0ms);
            }},
        {"shutdown", [&](FakeClient&) { world.shutdown(1s); }},
    };
    for (auto const& [why, end] : endings) {
        world.context().channel("/a").set_persistent();
        world.context().channel("/b").set_persistent();
        FakeClient client(world);
        client.subscribe("/a");
        client.subscribe("/b");
        recorder.lines.clear();
        end(client);
        end(client);
        BOOST_REQUIRE_EQUAL(recorder.lines.size(), 3U);
        BOOST_TEST(recorder.lines[0] == "removed " + why);
        BOOST_TEST((left == std::vector<std::string_view>{"/a", "/b"}));
        std::sort(recorder.lines.begin() + 1, recorder.lines.end());
        BOOST_TEST(recorder.lines[1] == "unsubscribed /a");
        BOOST_TEST(recorder.lines[2] == "unsubscribed /b");
    }
}

BOOST_AUTO_TEST_CASE(a_session_that_is_being_removed_gets_no_more_messages)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    Recorder recorder;
    recorder.on_session = [&](Session& session, std::string const& line) {
        if (!line.starts_with("removed"))
            return;
        session.deliver("/bye", 1);
        world.context().publish("/foo", "gone");
    };
    world.engine().add_listener(recorder);
    auto const connect = client.connect();
    client.disconnect();
    BOOST_TEST(world.answered(connect).body.size() == 1U);
    BOOST_TEST(world.context().session(client.id()) == nullptr);
}
