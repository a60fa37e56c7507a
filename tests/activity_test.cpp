#include "bayeux/extensions/activity.hpp"
#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 13.4

namespace {

struct Fixture {
    FakeWorld world;
    Recorder recorder;
    FakeClient client = make_client();

    FakeClient make_client()
    {
        world.engine().add_extension(
            std::make_shared<extensions::Activity>(world.context(), Duration(50s)));
        world.engine().add_listener(recorder);
        return FakeClient(world);
    }
    /// Lets its connects be held for as long as given, one after the other.
    void stay_connected(Duration duration)
    {
        for (auto const end = world.now() + duration; world.now() < end;) {
            auto const connect = client.connect();
            world.pass(std::min(Duration(end - world.now()), Duration(30s)));
            if (world.now() < end)
                BOOST_TEST(world.answered(connect).on("/meta/connect").at("successful").as_bool());
        }
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_client_that_only_connects_for_too_long_is_disconnected, Fixture)
{
    stay_connected(50s);
    BOOST_TEST(client.poll().on("/meta/connect").at("successful").as_bool());
    world.pass(1ms);
    BOOST_TEST(client.exchange(client.message("/meta/connect")).text ==
               R"([{"channel":"/meta/disconnect","successful":true},)"
               R"({"channel":"/meta/connect","id":"5","successful":false,)"
               R"("error":"402::session_unknown","advice":{"reconnect":"none","interval":0}}])");
    BOOST_TEST(recorder.lines.back() == "removed by server");
    BOOST_TEST(world.context().session(client.id()) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(any_other_message_counts_as_activity, Fixture)
{
    stay_connected(40s);
    client.publish("/foo", "1");
    stay_connected(40s);
    client.subscribe("/foo");
    stay_connected(40s);
    client.publish("/service/x", "1");
    stay_connected(40s);
    BOOST_TEST(client.poll().on("/meta/connect").at("successful").as_bool());
}

BOOST_FIXTURE_TEST_CASE(what_the_client_gets_does_not_count, Fixture)
{
    stay_connected(40s);
    world.context().session(client.id())->deliver("/foo", 1);
    world.pass(11s);
    BOOST_TEST(client.poll().error() == "402::session_unknown");
}

BOOST_FIXTURE_TEST_CASE(each_session_is_watched_for_itself, Fixture)
{
    stay_connected(30s);
    FakeClient late(world);
    late.connect();
    world.pass(21s);
    BOOST_TEST(client.poll().error() == "402::session_unknown");
    BOOST_TEST(late.poll().error().empty());
}
