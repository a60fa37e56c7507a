#include "bayeux/extensions/timestamp.hpp"
#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 13.3

namespace {

constexpr std::chrono::sys_time<Duration> beginning(1'700'000'000'000ms);

struct Fixture {
    FakeWorld world;
    Instant const begin = world.now();
    FakeClient client{world};
    FakeClient other{world};

    Fixture()
    {
        world.engine().add_extension(std::make_shared<extensions::Timestamp>(
            [this] { return beginning + (world.now() - begin); }));
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(times_are_written_as_cometd_does)
{
    using namespace std::chrono;
    BOOST_TEST(extensions::timestamp_text({}) == "Thu Jan 01 00:00:00 UTC 1970");
    BOOST_TEST(extensions::timestamp_text(beginning) == "Tue Nov 14 22:13:20 UTC 2023");
    BOOST_TEST(extensions::timestamp_text(sys_days(2024y / February / 29) + 23h + 59min + 59s +
                                          999ms) == "Thu Feb 29 23:59:59 UTC 2024");
}

BOOST_FIXTURE_TEST_CASE(replies_have_the_time_at_which_they_go, Fixture)
{
    auto const connect = client.connect();
    world.pass(30s);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":true,)"
               R"("timestamp":"Tue Nov 14 22:13:50 UTC 2023"}])");
    BOOST_TEST(world.exchange(R"({"id":"1"})").text ==
               R"([{"id":"1","successful":false,"error":"400::channel_missing",)"
               R"("timestamp":"Tue Nov 14 22:13:50 UTC 2023"}])");
}

BOOST_FIXTURE_TEST_CASE(broadcasts_have_the_time_at_which_they_were_published, Fixture)
{
    client.subscribe("/foo");
    other.subscribe("/foo");
    client.exchange(client.message("/foo", R"("timestamp":"mine","data":1)"));
    world.pass(5s);
    auto const answer = other.poll();
    BOOST_TEST(answer.text.starts_with(
        R"([{"channel":"/foo","timestamp":"Tue Nov 14 22:13:20 UTC 2023","data":1},{)"));
}

BOOST_FIXTURE_TEST_CASE(a_broadcast_is_serialised_once_for_all, Fixture)
{
    client.subscribe("/foo");
    other.subscribe("/foo");
    FakeClient(world).publish("/foo", "1");
    auto const first = client.poll();
    auto const second = other.poll();
    BOOST_TEST(first.reply.messages.at(0) == second.reply.messages.at(0)); // the same object
}

BOOST_FIXTURE_TEST_CASE(messages_for_one_session_have_it_too, Fixture)
{
    world.context().session(client.id())->deliver("/foo", 1, "a");
    world.context().session(client.id())->deliver_json("/bar", R"( {"timestamp":1.50} )");
    world.pass(0ms);
    auto const timestamp = R"("timestamp":"Tue Nov 14 22:13:20 UTC 2023")";
    BOOST_TEST(client.poll().text.starts_with(
        std::string(R"([{"channel":"/foo","data":1,"id":"a",)") + timestamp +
        R"(},{"channel":"/bar","data":{"timestamp":1.50},)" + timestamp + "},{"));
}
