#include "bayeux/testing/fake_world.hpp"
#include "services/presence.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;
using bayeux::services::Presence;

namespace {

namespace json = boost::json;

struct PresenceWorld : FakeWorld {
    explicit PresenceWorld(Duration grace = 3s) { install<Presence>(Presence::Options{grace}); }
};

/// Somebody who is subscribed to /room, and hears who is there.
struct Somebody : FakeClient {
    explicit Somebody(FakeWorld& world, std::string const& user = "", std::string const& more = "")
        : FakeClient(world)
    {
        subscribe("/room");
        listed = text(subscribe("/presence/room"));
        if (!user.empty())
            says(user, more);
    }

    Answer says(std::string const& user, std::string const& more = "")
    {
        return publish(
            "/service/presence", R"({"channel":"/room","user":")" + user + R"(")" + more + "}");
    }
    /// What has come about the room since the last time.
    std::string hears() { return text(poll()); }

    static std::string text(Answer const& answer)
    {
        return json::serialize(answer.data("/presence/room"));
    }

    std::string listed;
};

} // namespace

BOOST_AUTO_TEST_CASE(who_subscribes_gets_the_list_alone)
{
    PresenceWorld world;
    Somebody ann(world, "ann");
    Somebody bob(world, "bob", R"(,"state":{"mood":"good"})");
    ann.hears();
    Somebody const watcher(world);
    BOOST_TEST(ann.listed == R"([{"event":"list","users":[]}])");
    BOOST_TEST(
        watcher.listed ==
        R"([{"event":"list","users":[{"user":"ann"},{"user":"bob","state":{"mood":"good"}}]}])");
    BOOST_TEST(ann.hears() == "[]");
}

BOOST_AUTO_TEST_CASE(all_are_told_who_comes_changes_and_goes)
{
    PresenceWorld world;
    Somebody watcher(world);
    Somebody ann(world);
    BOOST_TEST(Somebody::text(ann.says("ann")) == R"([{"event":"join","user":"ann"}])");
    BOOST_TEST(watcher.hears() == R"([{"event":"join","user":"ann"}])");
    ann.says("ann", R"(,"state":"away")");
    BOOST_TEST(watcher.hears() == R"([{"event":"state","user":"ann","state":"away"}])");
    ann.says("ann", R"(,"state":"away")");
    ann.says("ann");
    BOOST_TEST(watcher.hears() == "[]");
    ann.disconnect();
    world.pass(3s);
    BOOST_TEST(watcher.hears() == R"([{"event":"leave","user":"ann"}])");
}

BOOST_AUTO_TEST_CASE(who_unsubscribes_from_the_channel_leaves)
{
    PresenceWorld world;
    Somebody watcher(world);
    Somebody ann(world, "ann");
    watcher.hears();
    ann.unsubscribe("/presence/room");
    world.pass(3s);
    BOOST_TEST(watcher.hears() == "[]");
    ann.unsubscribe("/room");
    world.pass(3s);
    BOOST_TEST(watcher.hears() == R"([{"event":"leave","user":"ann"}])");
}

BOOST_AUTO_TEST_CASE(who_falls_silent_leaves)
{
    PresenceWorld world(0s);
    Somebody watcher(world);
    Somebody const ann(world, "ann");
    watcher.hears();
    auto const connect = watcher.connect();
    world.pass(11s);
    BOOST_TEST(Somebody::text(world.answered(connect)) == R"([{"event":"leave","user":"ann"}])");
}

BOOST_AUTO_TEST_CASE(who_comes_back_in_time_has_not_left)
{
    PresenceWorld world;
    Somebody watcher(world);
    Somebody ann(world, "ann", R"(,"state":1)");
    watcher.hears();
    ann.disconnect();
    world.pass(2s);
    Somebody const ann_again(world, "ann");
    world.pass(3s);
    BOOST_TEST(watcher.hears() == "[]");
    BOOST_TEST(
        Somebody(world).listed == R"([{"event":"list","users":[{"user":"ann","state":1}]}])");
}

BOOST_AUTO_TEST_CASE(who_has_several_sessions_is_listed_once_and_leaves_with_the_last)
{
    PresenceWorld world;
    Somebody watcher(world);
    Somebody one(world, "ann");
    Somebody other(world, "ann", R"(,"state":"here too")");
    watcher.hears();
    BOOST_TEST(Somebody(world).listed ==
               R"([{"event":"list","users":[{"user":"ann","state":"here too"}]}])");
    one.disconnect();
    world.pass(4s);
    BOOST_TEST(watcher.hears() == "[]");
    other.disconnect();
    world.pass(4s);
    BOOST_TEST(watcher.hears() == R"([{"event":"leave","user":"ann"}])");
    BOOST_TEST(Somebody(world).listed == R"([{"event":"list","users":[]}])");
}

BOOST_AUTO_TEST_CASE(another_name_takes_the_place_of_the_first_at_once)
{
    PresenceWorld world;
    Somebody watcher(world);
    Somebody ann(world, "ann");
    watcher.hears();
    ann.says("anna");
    BOOST_TEST(
        watcher.hears() == R"([{"event":"join","user":"anna"},{"event":"leave","user":"ann"}])");
}

BOOST_AUTO_TEST_CASE(a_name_that_somebody_else_has_too_stays)
{
    PresenceWorld world;
    Somebody watcher(world);
    Somebody one(world, "ann");
    Somebody const other(world, "ann");
    watcher.hears();
    one.says("anna");
    BOOST_TEST(watcher.hears() == R"([{"event":"join","user":"anna"}])");
}

BOOST_AUTO_TEST_CASE(channels_are_apart)
{
    PresenceWorld world;
    Somebody watcher(world);
    FakeClient ann(world);
    ann.subscribe("/room/next");
    ann.publish("/service/presence", R"({"channel":"/room/next","user":"ann"})");
    BOOST_TEST(watcher.hears() == "[]");
}

BOOST_AUTO_TEST_CASE(requests_that_make_no_sense_are_refused)
{
    PresenceWorld world;
    Somebody ann(world);
    auto const refusal = [&](std::string const& data) {
        return ann.publish("/service/presence", data).error();
    };
    BOOST_TEST(refusal("[]") == "400::data must be an object");
    BOOST_TEST(refusal(R"({"user":"ann"})") == "400::data.channel must be text");
    BOOST_TEST(refusal(R"({"channel":"/room"})") == "400::data.user must be text");
    BOOST_TEST(
        refusal(R"({"channel":"/room","user":""})") == "400::data.user must have 1 to 64 bytes");
    for (auto const* const channel : {"/other", "", "room", "/**", "/service/presence"})
        BOOST_TEST(refusal(R"({"user":"ann","channel":")" + std::string(channel) + R"("})") ==
                   "400::data.channel is none that you are subscribed to");
    BOOST_TEST(refusal(R"({"user":"ann","channel":"/)" + std::string(300, 'x') + R"("})") ==
               "400::data.channel is too long");
    BOOST_TEST(ann.says("ann", R"(,"state":")" + std::string(1'000, 'x') + R"(")").error() ==
               "400::data.state is too large");
    BOOST_TEST(ann.says("ann", R"(,"state":[1e999])").error() ==
               "400::data.state has a number that JSON cannot hold");
    BOOST_TEST(world.logged("service presence on /service/presence: ") == 12U);
    BOOST_TEST(ann.hears() == "[]");
}

BOOST_AUTO_TEST_CASE(only_the_server_says_who_is_present)
{
    PresenceWorld world;
    Somebody ann(world);
    BOOST_TEST(ann.publish("/presence/room", "1").error().starts_with("403:"));
    BOOST_TEST(ann.subscribe("/service/presence").error().starts_with("403:"));
}

BOOST_AUTO_TEST_CASE(a_session_is_on_so_many_channels_and_a_channel_has_so_many_users)
{
    PresenceWorld world;
    FakeClient client(world);
    for (std::size_t i = 0; i <= Presence::max_channels; ++i) {
        auto const channel = "/c/" + std::to_string(i);
        client.subscribe(channel);
        auto const answer =
            client.publish("/service/presence", R"({"user":"x","channel":")" + channel + R"("})");
        BOOST_TEST(answer.error() ==
                   (i < Presence::max_channels ? "" : "400::you are on too many channels"));
    }
    for (std::size_t i = 0; i <= Presence::max_users; ++i) {
        Somebody somebody(world);
        auto const answer = somebody.says(std::to_string(i));
        BOOST_TEST(answer.error() ==
                   (i < Presence::max_users ? "" : "400::too many users are on this channel"));
    }
}
