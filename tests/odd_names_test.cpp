// Names that mean something in JavaScript are names like others.

#include "bayeux/testing/fake_world.hpp"
#include "services/chat.hpp"
#include "services/presence.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

namespace json = boost::json;

auto const odd_names = boost::unit_test::data::make<std::string>(
    {"__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf"});

} // namespace

BOOST_DATA_TEST_CASE(channels_may_have_names_of_objects, odd_names, name)
{
    FakeWorld world;
    FakeClient client(world);
    for (auto const& channel : {"/" + name, "/a/" + name, "/" + name + "/" + name}) {
        BOOST_TEST(client.subscribe(channel).error().empty());
        client.publish(channel, R"({")" + name + R"(":{"polluted":true}})");
        BOOST_TEST(json::serialize(client.received(channel)) ==
                   R"([{")" + name + R"(":{"polluted":true}}])");
    }
}

BOOST_DATA_TEST_CASE(members_of_messages_may_have_names_of_objects, odd_names, name)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/a");
    auto const member = R"(")" + name + R"(":{"successful":true,"clientId":"x"})";
    BOOST_TEST(client.exchange(client.message("/a", member)).error().empty());
    BOOST_TEST(
        world.exchange(R"({"channel":"/a",)" + member + "}").error() == "402::session_unknown");
}

BOOST_DATA_TEST_CASE(people_in_the_chat_may_have_names_of_objects, odd_names, name)
{
    FakeWorld world;
    world.install<services::Chat>();
    FakeClient odd(world);
    FakeClient alice(world);
    for (auto* const client : {&odd, &alice}) {
        client->subscribe("/chat/demo");
        client->subscribe("/members/demo");
        client->publish("/service/members",
            R"({"room":"/chat/demo","user":")" + (client == &odd ? name : "alice") + R"("})");
    }
    BOOST_TEST(odd.received("/members/demo").back().as_array().size() == 2U);
    alice.publish("/service/privatechat",
        R"({"room":"/chat/demo","user":"alice","chat":"psst","peer":")" + name + R"("})");
    BOOST_TEST(odd.received("/chat/demo").size() == 1U);
    alice.publish("/service/members", R"({"room":"/chat/)" + name + R"(","user":"alice"})");
    odd.disconnect();
    BOOST_TEST(json::serialize(alice.received("/members/demo").back()) == R"(["alice"])");
}

BOOST_DATA_TEST_CASE(users_of_presence_may_have_names_of_objects, odd_names, name)
{
    FakeWorld world;
    world.install<services::Presence>(services::Presence::Options{});
    FakeClient client(world);
    client.subscribe("/" + name);
    client.publish("/service/presence",
        R"({"channel":"/)" + name + R"(","user":")" + name + R"(","state":{")" + name + R"(":1}})");
    client.subscribe("/presence/" + name);
    BOOST_TEST(
        json::serialize(client.received("/presence/" + name)) ==
        R"([{"event":"list","users":[{"user":")" + name + R"(","state":{")" + name + R"(":1}}]}])");
}
