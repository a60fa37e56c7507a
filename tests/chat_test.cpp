#include "bayeux/testing/fake_world.hpp"
#include "services/chat.hpp"
#include "services/echo.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

struct ChatWorld : FakeWorld {
    ChatWorld() { install<services::Chat>(); }
};

/// A person in the room `demo`: subscribed to its chat and its members, and joined.
struct Person : FakeClient {
    Person(FakeWorld& world, std::string const& name) : FakeClient(world)
    {
        subscribe("/chat/demo");
        subscribe("/members/demo");
        joined = publish("/service/members", R"({"user":")" + name + R"(","room":"/chat/demo"})");
    }
    Answer whisper(std::string const& peer, std::string const& text)
    {
        return publish("/service/privatechat", R"({"room":"/chat/demo","user":"alice","chat":")" +
                                                   text + R"(","peer":")" + peer + R"("})");
    }
    json::array heard() { return poll().data("/chat/demo"); }
    json::array members() { return poll().data("/members/demo"); }

    Answer joined;
};

json::array const nothing;

} // namespace

BOOST_AUTO_TEST_CASE(who_joins_gets_the_members_before_the_reply)
{
    ChatWorld world;
    Person const alice(world, "alice");
    BOOST_TEST(alice.joined.text ==
               R"([{"channel":"/members/demo","data":["alice"]},)"
               R"({"channel":"/service/members","id":"4","successful":true}])");
}

BOOST_AUTO_TEST_CASE(all_in_the_room_are_told_who_is_there)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person const bob(world, "bob");
    BOOST_TEST(alice.members() == (json::array{{"alice", "bob"}}));
}

BOOST_AUTO_TEST_CASE(a_whisper_reaches_the_named_peer_and_the_sender_and_nobody_else)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person bob(world, "bob");
    Person carol(world, "carol");
    FakeClient eavesdropper(world);
    eavesdropper.subscribe("/**");
    alice.poll();
    BOOST_TEST(
        alice.whisper("bob", "psst").text ==
        R"([{"channel":"/chat/demo","data":{"user":"alice","chat":"psst","scope":"private"},)"
        R"("id":"6"},{"channel":"/service/privatechat","id":"6","successful":true}])");
    BOOST_TEST(
        bob.heard() == (json::array{{{"user", "alice"}, {"chat", "psst"}, {"scope", "private"}}}));
    BOOST_TEST(carol.heard() == nothing);
    BOOST_TEST(eavesdropper.poll().data("/chat/demo") == nothing);
}

BOOST_AUTO_TEST_CASE(a_whisper_reaches_several_peers)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person bob(world, "bob");
    Person carol(world, "carol");
    alice.whisper("bob,carol,nobody", "psst");
    BOOST_TEST(bob.heard().size() == 1U);
    BOOST_TEST(carol.heard().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_whisper_to_nobody_known_is_taken_and_goes_nowhere)
{
    ChatWorld world;
    Person alice(world, "alice");
    alice.poll();
    auto const answer = alice.whisper("nobody", "psst");
    BOOST_TEST(answer.on("/service/privatechat").at("successful").as_bool());
    BOOST_TEST(answer.data("/chat/demo") == nothing);
}

BOOST_AUTO_TEST_CASE(who_disconnects_leaves_the_list)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person bob(world, "bob");
    alice.poll();
    bob.disconnect();
    BOOST_TEST(alice.members() == (json::array{json::array{"alice"}}));
}

BOOST_AUTO_TEST_CASE(who_falls_silent_leaves_the_list)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person const bob(world, "bob");
    alice.poll();
    auto const connect = alice.connect();
    world.pass(10s);
    auto const answer = world.answer(connect);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->data("/members/demo") == (json::array{json::array{"alice"}}));
}

BOOST_AUTO_TEST_CASE(who_unsubscribes_from_the_chat_leaves_the_list)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person bob(world, "bob");
    alice.poll();
    bob.unsubscribe("/chat/demo");
    BOOST_TEST(alice.members() == (json::array{json::array{"alice"}}));
}

BOOST_AUTO_TEST_CASE(a_name_taken_over_stays_when_its_former_session_ends)
{
    ChatWorld world;
    Person former(world, "alice");
    Person alice(world, "alice");
    former.disconnect();
    BOOST_TEST(alice.members() == (json::array{json::array{"alice"}}));
    alice.whisper("alice", "still me");
    BOOST_TEST(world.logged("") == 0U);
}

BOOST_AUTO_TEST_CASE(another_name_takes_the_place_of_the_first)
{
    ChatWorld world;
    Person alice(world, "alice");
    auto const answer =
        alice.publish("/service/members", R"({"user":"alicia","room":"/chat/demo"})");
    BOOST_TEST(answer.data("/members/demo") == (json::array{json::array{"alicia"}}));
}

BOOST_AUTO_TEST_CASE(markup_is_shown_as_text_and_the_rest_left_as_it_was_written)
{
    ChatWorld world;
    Person alice(world, "alice");
    auto const answer =
        alice.publish("/chat/demo", R"({ "chat":"<b>hi</b> \u003ci>","n":1.50,"big":1e400 })");
    BOOST_TEST(answer.text.starts_with(
        R"([{"channel":"/chat/demo","data":{ "chat":"&lt;b&gt;hi&lt;/b&gt; &lt;i&gt;",)"
        R"("n":1.50,"big":1e400 }})"));
}

BOOST_AUTO_TEST_CASE(markup_in_names_and_whispers_is_shown_as_text)
{
    ChatWorld world;
    Person alice(world, "<alice>");
    BOOST_TEST(alice.joined.data("/members/demo") == (json::array{json::array{"&lt;alice&gt;"}}));
    alice.whisper("<alice>", "<b>");
    Person bob(world, "bob");
    BOOST_TEST(bob.whisper("<alice>", "<b>").data("/chat/demo").size() == 1U);
    auto const whispers = alice.heard();
    BOOST_REQUIRE(whispers.size() == 1U);
    BOOST_TEST(whispers[0].at("chat") == "&lt;b&gt;");
}

BOOST_AUTO_TEST_CASE(a_bad_word_stops_the_message)
{
    ChatWorld world;
    Person alice(world, "alice");
    BOOST_TEST(alice.publish("/chat/demo", R"({"user":"alice","chat":"dang it"})").text ==
               R"([{"channel":"/chat/demo","id":"5","successful":false,)"
               R"("error":"404::message_deleted"}])");
}

BOOST_AUTO_TEST_CASE(malformed_data_is_answered_with_what_is_wrong_and_logged)
{
    std::pair<char const*, char const*> const joins[] = {{R"("oops")", "data must be an object"},
        {"null", "data must be an object"}, {R"({"user":"x"})", "data.room must be text"},
        {R"({"user":5,"room":"/chat/a"})", "data.user must be text"},
        {R"({"user":"x","room":"/elsewhere"})", "data.room must be a channel below /chat/"},
        {R"({"user":"x","room":"/chat/*"})", "data.room must be a channel below /chat/"}};
    for (auto const& [data, wrong] : joins) {
        ChatWorld world;
        FakeClient client(world);
        BOOST_TEST(
            client.publish("/service/members", data).error() == std::string("400::") + wrong);
        BOOST_TEST(world.logged("") == 1U);
        BOOST_TEST(world.logged("service chat on /service/members: ") == 1U);
    }
    ChatWorld world;
    Person alice(world, "alice");
    BOOST_TEST(alice.publish("/service/privatechat", R"({"user":"x","room":"/chat/demo","chat":5})")
                   .error() == "400::data.peer must be text");
    BOOST_TEST(alice
                   .publish("/service/members",
                       R"({"room":"/chat/demo","user":")" + std::string(201, 'x') + R"("})")
                   .error() == "400::data.user is too long");
}

BOOST_AUTO_TEST_CASE(who_is_named_twice_hears_a_whisper_once)
{
    ChatWorld world;
    Person alice(world, "alice");
    Person bob(world, "bob");
    alice.whisper("bob,,bob,", "psst");
    BOOST_TEST(bob.heard().size() == 1U);
}

BOOST_AUTO_TEST_CASE(service_channels_may_be_published_to_and_no_more)
{
    ChatWorld world;
    FakeClient client(world);
    for (auto const* const channel : {"/service/members", "/service/privatechat"})
        BOOST_TEST(client.subscribe(channel).on("/meta/subscribe").at("error") ==
                   "403:denied_by_not_granting:subscribe_denied");
}

BOOST_AUTO_TEST_CASE(a_session_may_be_in_a_hundred_rooms)
{
    ChatWorld world;
    FakeClient client(world);
    for (int room = 0; room <= 100; ++room)
        client.publish(
            "/service/members", R"({"user":"x","room":"/chat/)" + std::to_string(room) + R"("})");
    BOOST_TEST(world.logged("too many rooms") == 1U);
}

BOOST_AUTO_TEST_CASE(a_room_whose_members_cannot_be_told_is_refused)
{
    ChatWorld world;
    FakeClient client(world);
    auto const room = "/chat/" + std::string(EngineOptions().max_channel_length - 6, 'x');
    BOOST_TEST(
        client.publish("/service/members", R"({"user":"x","room":")" + room + R"("})").error() ==
        "400::data.room is too long");
    BOOST_TEST(client.disconnect().error().empty());
    BOOST_TEST(world.engine().statistics().handler_failures == 0U);
}

BOOST_AUTO_TEST_CASE(echo_gives_data_back_with_the_id_of_the_message)
{
    FakeWorld world;
    world.install<services::Echo>();
    FakeClient client(world);
    BOOST_TEST(client.publish("/service/echo", "[1,1.50]").text ==
               R"([{"channel":"/service/echo","data":[1,1.50],"id":"2"},)"
               R"({"channel":"/service/echo","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(echo_gives_bytes_back_as_bytes)
{
    FakeWorld world;
    world.install<services::Echo>();
    FakeClient client(world);
    auto const body = R"("ext":{"binary":{}},"data":{"meta":{"n":1},"data":"0rJ","last":false})";
    BOOST_TEST(
        client.exchange(client.message("/service/echo", body)).text ==
        R"([{"channel":"/service/echo","data":{"data":"0rJ","last":false,"meta":{"n":1}},)"
        R"("ext":{"binary":{}},"id":"2"},{"channel":"/service/echo","id":"2","successful":true}])");
}
