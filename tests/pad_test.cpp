#include "bayeux/testing/fake_world.hpp"
#include "services/pad.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using bayeux::services::Pad;

namespace {

namespace json = boost::json;

struct PadWorld : FakeWorld {
    PadWorld() { install<services::Pad>(); }
};

/// Somebody who has opened the pad `p`.
struct Author : FakeClient {
    Author(FakeWorld& world, std::string name) : FakeClient(world), name_(std::move(name))
    {
        subscribe("/pad/p");
        state = says("").data("/pad/p").at(0).as_object();
    }
    Author(FakeWorld& world, Author const& former) // with another session
        : FakeClient(world), state(former.state), name_(former.name_)
    {
        subscribe("/pad/p");
    }

    Answer says(std::string const& more)
    {
        return publish("/service/pad", R"({"pad":"p","client":")" + name_ + R"(")" + more + "}");
    }
    std::string at(int rev) const
    {
        return R"(,"life":")" + std::string(state.at("life").as_string()) + R"(","rev":)" +
               std::to_string(rev);
    }
    Answer comes_back(int rev) { return says(at(rev)); }
    Answer changes(int rev, int n, std::string const& steps)
    {
        return says(at(rev) + R"(,"n":)" + std::to_string(n) + R"(,"change":)" + steps);
    }

    json::object state;

private:
    std::string name_;
};

std::string heard(Answer const& answer)
{
    return json::serialize(answer.data("/pad/p"));
}

std::string text_now(FakeWorld& world)
{
    Author const reader(world, "reader");
    return std::string(reader.state.at("text").as_string());
}

} // namespace

BOOST_AUTO_TEST_CASE(a_pad_begins_empty)
{
    PadWorld world;
    Author ann(world, "ann");
    auto const life = ann.state.at("life").as_string();
    BOOST_TEST(!life.empty());
    BOOST_TEST(ann.state ==
               (json::object{{"rev", 0}, {"you", 1}, {"done", 0}, {"life", life}, {"text", ""}}));
}

BOOST_AUTO_TEST_CASE(everybody_hears_of_a_change_its_author_too)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    auto const change = R"([{"rev":1,"by":2,"n":7,"change":["hello"]}])";
    BOOST_TEST(heard(bob.changes(0, 7, R"(["hello"])")) == change);
    BOOST_TEST(heard(ann.poll()) == change);
    BOOST_TEST(text_now(world) == "hello");
}

BOOST_AUTO_TEST_CASE(who_comes_late_gets_the_text)
{
    PadWorld world;
    Author ann(world, "ann");
    ann.changes(0, 1, R"(["grüße 🧵"])");
    ann.changes(1, 2, R"([8,"!"])");
    Author const bob(world, "bob");
    BOOST_TEST(bob.state == (json::object{{"rev", 2}, {"you", 2}, {"done", 0},
                                {"life", ann.state.at("life")}, {"text", "grüße 🧵!"}}));
}

BOOST_AUTO_TEST_CASE(a_change_of_an_older_revision_is_adapted_to_what_came_since)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    ann.changes(0, 1, R"(["hello world"])");
    ann.changes(1, 2, R"(["Oh, "])");
    BOOST_TEST(heard(bob.changes(1, 1, R"([5,", old",6,"!"])"))
                   .ends_with(R"({"rev":3,"by":2,"n":1,"change":[9,", old",6,"!"]}])"));
    BOOST_TEST(text_now(world) == "Oh, hello, old world!");
}

BOOST_AUTO_TEST_CASE(of_two_inserts_in_one_place_the_earlier_one_stands_first)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    ann.changes(0, 1, R"(["A"])");
    bob.changes(0, 1, R"(["B"])");
    BOOST_TEST(text_now(world) == "AB");
}

BOOST_AUTO_TEST_CASE(a_change_that_comes_twice_is_made_once)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    ann.changes(0, 1, R"(["once"])");
    bob.changes(0, 1, R"(["B"])");
    auto const again = ann.changes(0, 1, R"(["once"])");
    BOOST_TEST(again.on("/service/pad").at("successful").as_bool());
    Author ann_again(world, ann);
    ann_again.changes(0, 1, R"(["once"])");
    BOOST_TEST(text_now(world) == "onceB");
}

BOOST_AUTO_TEST_CASE(who_comes_back_hears_what_was_missed_and_what_became_of_the_own_changes)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    ann.changes(0, 1, R"(["a"])");
    bob.changes(1, 5, R"([1,"b"])");
    bob.changes(2, 6, R"([2,"c"])");
    Author bob_again(world, bob);
    BOOST_TEST(
        heard(bob_again.comes_back(1)) ==
        R"([{"rev":2,"by":2,"n":5,"change":[1,"b"]},{"rev":3,"by":2,"n":6,"change":[2,"c"]},)"
        R"({"rev":3,"you":2,"done":6}])");
    BOOST_TEST(heard(bob_again.comes_back(3)) == R"([{"rev":3,"you":2,"done":6}])");
}

BOOST_AUTO_TEST_CASE(who_was_away_too_long_gets_the_text)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    int const history = Pad::max_history;
    for (int n = 1; n <= history + 1; ++n)
        ann.changes(n - 1, n, R"(["x"])");
    bob.poll();
    BOOST_TEST(bob.comes_back(1).data("/pad/p").size() == Pad::max_history + 1);
    auto const late = bob.comes_back(0).data("/pad/p");
    BOOST_REQUIRE(late.size() == 1U);
    BOOST_TEST(late.at(0).at("text").as_string().size() == Pad::max_history + 1);
    // A change of a revision that is forgotten is not made; the answer is the same.
    BOOST_TEST(bob.changes(0, 1, R"(["late"])").data("/pad/p") == late);
}

BOOST_AUTO_TEST_CASE(what_is_kept_for_those_who_are_away_is_bounded_in_bytes)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    auto const big = R"([")" + std::string(Pad::max_units, 'x') + R"("])";
    auto const none = "[-" + std::to_string(Pad::max_units) + "]";
    for (int n = 1; n <= 10; n += 2) {
        ann.changes(n - 1, n, big);
        ann.changes(n, n + 1, none);
    }
    for (std::size_t heard = 0; heard < 10;) // more than one answer has room for
        heard += bob.poll().data("/pad/p").size();
    BOOST_TEST(bob.comes_back(8).data("/pad/p").size() == 3U);
    BOOST_TEST(bob.comes_back(6).data("/pad/p").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_stranger_who_sends_a_change_gets_the_text_first)
{
    PadWorld world;
    Author ann(world, "ann");
    FakeClient eve(world);
    auto const answer = eve.publish(
        "/service/pad", R"({"pad":"p","client":"eve","life":"0","rev":0,"n":1,"change":["x"]})");
    BOOST_TEST(answer.data("/pad/p").at(0).at("text") == "");
    BOOST_TEST(answer.data("/pad/p").at(0).at("you") == 2);
}

BOOST_AUTO_TEST_CASE(revisions_of_the_future_count_as_unknown)
{
    PadWorld world;
    Author ann(world, "ann");
    BOOST_TEST(ann.comes_back(1).data("/pad/p").at(0).as_object().contains("text"));
}

BOOST_AUTO_TEST_CASE(a_pad_that_nobody_reads_is_forgotten_after_a_while)
{
    PadWorld world;
    Author ann(world, "ann");
    ann.changes(0, 1, R"(["a"])");
    Author bob(world, "bob");
    ann.disconnect();
    bob.connect();
    for (Duration passed{0}; passed <= Pad::idle; passed += Duration(30'000)) {
        world.pass(Duration(30'000));
        bob.connect();
    }
    BOOST_TEST(text_now(world) == "a");
    bob.disconnect();
    world.pass(Pad::idle - Duration(1));
    BOOST_TEST(text_now(world) == "a");
    world.pass(Pad::idle * 2);
    Author const late(world, "late");
    BOOST_TEST(late.state.at("text") == "");
    BOOST_TEST(late.state.at("life") != ann.state.at("life"));
}

BOOST_AUTO_TEST_CASE(there_are_so_many_pads_and_no_more)
{
    PadWorld world;
    FakeClient client(world);
    for (std::size_t i = 0; i <= Pad::max_pads; ++i) {
        auto const answer = client.publish(
            "/service/pad", R"({"pad":")" + std::to_string(i) + R"(","client":"x"})");
        BOOST_TEST(answer.error() == (i < Pad::max_pads ? "" : "400::there are too many pads"));
    }
}

BOOST_AUTO_TEST_CASE(a_pad_knows_so_many_clients_and_forgets_who_was_not_here_longest)
{
    PadWorld world;
    Author ann(world, "ann");
    Author bob(world, "bob");
    for (std::size_t i = 0; i + 2 < Pad::max_clients; ++i)
        bob.publish("/service/pad", R"({"pad":"p","client":")" + std::to_string(i) + R"("})");
    ann.comes_back(0);
    bob.publish("/service/pad", R"({"pad":"p","client":"one more"})");
    ann.poll();
    bob.poll();
    BOOST_TEST(heard(ann.comes_back(0)) == R"([{"rev":0,"you":1,"done":0}])");
    BOOST_TEST(bob.comes_back(0).data("/pad/p").at(0).as_object().contains("text"));
}

BOOST_AUTO_TEST_CASE(what_makes_no_sense_is_answered_with_what_is_wrong)
{
    PadWorld world;
    Author ann(world, "ann");
    ann.changes(0, 1, R"(["🧵"])");
    auto const refusal = [&](std::string const& data) {
        return ann.publish("/service/pad", data).error();
    };
    BOOST_TEST(refusal("null") == "400::data must be an object");
    BOOST_TEST(refusal(R"({"client":"x"})") == "400::data.pad must be text");
    BOOST_TEST(refusal(R"({"pad":"p"})") == "400::data.client must be text");
    BOOST_TEST(
        refusal(R"({"pad":"p","client":""})") == "400::data.client must have 1 to 64 characters");
    for (auto const* const name : {"a/b", "*", "a b ", "ü", "a/"})
        BOOST_TEST(refusal(R"({"client":"x","pad":")" + std::string(name) + R"("})") ==
                   "400::data.pad has a character that no channel has");
    BOOST_TEST(refusal(R"({"pad":"p","client":"x","life":1})") == "400::data.life must be text");
    BOOST_TEST(refusal(R"({"pad":"p","client":"x","life":"1"})") ==
               "400::data.rev must be a whole number");
    BOOST_TEST(ann.changes(1, 2, "5").error() == "400::data.change must be an array");
    BOOST_TEST(ann.changes(1, 2, "[0]").error() ==
               "400::data.change must consist of numbers to keep or remove, and texts");
    BOOST_TEST(
        ann.changes(1, 2, R"([1,"x"])").error() == "400::data.change ends inside of a character");
    BOOST_TEST(
        ann.changes(1, 2, "[-3]").error() == "400::data.change goes beyond the end of the text");
    BOOST_TEST(ann.changes(1, 2, json::serialize(json::array(Pad::max_steps + 1, 1))).error() ==
               "400::data.change has too many steps");
    BOOST_TEST(ann.changes(1, 2, R"([")" + std::string(Pad::max_units, 'x') + R"("])").error() ==
               "400::data.change makes the text too long");
    BOOST_TEST(ann.changes(1, -1, R"(["x"])").error().starts_with("400::data.n must be"));
    BOOST_TEST(world.logged("service pad on /service/pad: ") > 0U);
    BOOST_TEST(text_now(world) == "🧵");
}

BOOST_AUTO_TEST_CASE(nobody_publishes_on_a_pad_by_himself)
{
    PadWorld world;
    Author ann(world, "ann");
    BOOST_TEST(!ann.publish("/pad/p", "1").error().empty());
    BOOST_TEST(ann.subscribe("/service/pad").error().starts_with("403:"));
}
