#include "tests/support/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

bool has_advice(Answer const& answer)
{
    return answer.on("/meta/connect").contains("advice");
}

} // namespace

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
    world.pass(29'999ms);
    BOOST_TEST(!world.answer(connect).has_value());
    world.pass(1ms);
    auto const answer = world.answer(connect);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->on("/meta/connect").at("successful").as_bool());
    BOOST_TEST(!has_advice(*answer));
}

BOOST_AUTO_TEST_CASE(a_held_connect_returns_messages_first_and_its_reply_last)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    auto const connect = bob.connect();
    alice.publish("/foo", R"({"text":"hello"})");
    auto const answer = world.answer(connect);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->text == R"([{"channel":"/foo","data":{"text":"hello"}},)"
                               R"({"channel":"/meta/connect","id":"3","successful":true}])");
}
