#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

// wire-behaviour 10

BOOST_AUTO_TEST_CASE(a_publish_is_answered_with_channel_id_and_success_alone)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.publish("/foo", R"({"secret":1})").text ==
               R"([{"channel":"/foo","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(a_service_message_is_answered_even_when_nobody_serves_it)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.publish("/service/nobody", "1").text ==
               R"([{"channel":"/service/nobody","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(missing_and_falsy_data_are_delivered_as_given)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    alice.exchange(alice.message("/foo"));
    for (auto const* const data : {"null", "0", "false", R"("")", "{}", "[]"})
        alice.publish("/foo", data);
    auto const text = bob.poll().text;
    BOOST_TEST(text.starts_with(R"([{"channel":"/foo"},{"channel":"/foo","data":null},)"
                                R"({"channel":"/foo","data":0},{"channel":"/foo","data":false},)"
                                R"({"channel":"/foo","data":""},{"channel":"/foo","data":{}},)"
                                R"({"channel":"/foo","data":[]},)"));
}

BOOST_AUTO_TEST_CASE(a_broadcast_carries_what_the_publisher_sent_but_for_id_client_id_and_advice)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    alice.exchange(alice.message("/foo/", // the channel stays as it was spelled
        R"("data":{"n":1.0,"n":1e400},"ext":{"e":1},"mine":[ ],"successful":false,)"
        R"("advice":{"reconnect":"none"})"));
    BOOST_TEST(bob.poll().text.starts_with(
        R"([{"channel":"/foo/","data":{"n":1.0,"n":1e400},"ext":{"e":1},"mine":[ ],)"
        R"("successful":false},)"));
}

BOOST_AUTO_TEST_CASE(the_default_policy_lets_nobody_publish_to_meta_channels)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.publish("/meta/publish", "1").on("/meta/publish").at("error").as_string() ==
               "403:denied_by_security_policy:channel_create_denied");
}

BOOST_AUTO_TEST_CASE(a_policy_can_refuse_creation_and_publishing)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->create = [](std::string_view channel, Pending) {
        return channel == "/nocreate/x" ? Decision::deny() : Decision::allow();
    };
    policy->publish = [](std::string_view channel, Pending) {
        return channel == "/denied/x" ? Decision::deny() : Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    BOOST_TEST(client.publish("/denied/x", "1").text ==
               R"([{"channel":"/denied/x","id":"2","successful":false,)"
               R"("error":"403:denied_by_security_policy:publish_denied"}])");
    BOOST_TEST(client.publish("/nocreate/x", "1").text ==
               R"([{"channel":"/nocreate/x","id":"3","successful":false,)"
               R"("error":"403:denied_by_security_policy:channel_create_denied"}])");
    BOOST_TEST(world.engine().statistics().messages_published == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_to_a_wild_channel_reaches_those_who_subscribed_to_that_name)
{
    FakeWorld world;
    FakeClient publisher(world);
    FakeClient one_level(world);
    FakeClient all_levels(world);
    FakeClient everything(world);
    FakeClient exact(world);
    one_level.subscribe("/foo/*");
    all_levels.subscribe("/foo/**");
    everything.subscribe("/**");
    exact.subscribe("/foo/bar");
    BOOST_TEST(publisher.publish("/foo/*", "1").on("/foo/*").at("successful").as_bool());
    BOOST_TEST(one_level.poll().count("/foo/*") == 1U);
    BOOST_TEST(all_levels.poll().count("/foo/*") == 1U);
    BOOST_TEST(everything.poll().count("/foo/*") == 1U);
    BOOST_TEST(exact.poll().count("/foo/*") == 0U);
}

// --- The server publishes

BOOST_AUTO_TEST_CASE(the_server_publishes_past_the_policy_and_listeners_see_nobody_behind_it)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->create = [](std::string_view, Pending) { return Decision::deny(); };
    policy->publish = policy->create;
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    int seen = 0;
    world.context().channel("/**").add_listener(
        "test", seeing([&](Session* from, Channel&, Message& message) {
            seen += from == nullptr && message.channel() == "/news" ? 1 : 0;
        }));
    world.context().channel("/news");
    client.subscribe("/news");
    auto const connect = client.connect();
    world.context().publish("/news", {{"headline", "none"}});
    world.pass(Duration(0));
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/news","data":{"headline":"none"}},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
    BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE(the_server_cannot_publish_where_nothing_is_broadcast)
{
    FakeWorld world;
    for (auto const* const channel :
        {"", "foo", "/foo//x", "/foo/*", "/**", "/meta/connect", "/service/x"})
        BOOST_CHECK_THROW(world.context().publish(channel, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_server_cannot_publish_what_is_no_json)
{
    FakeWorld world;
    BOOST_CHECK_THROW(world.context().publish("/foo", std::numeric_limits<double>::infinity()),
        std::invalid_argument);
}
