#include "bayeux/extensions/timesync.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 13.2

namespace {

constexpr std::int64_t beginning = 1'700'000'000'000;

struct Fixture {
    FakeWorld world;
    Duration set_by{0}; ///< somebody sets the server's clock
    Instant const begin = world.now();
    FakeClient client = make_client();

    FakeClient make_client()
    {
        world.engine().add_extension(std::make_shared<extensions::Timesync>([this] {
            return std::chrono::sys_time<Duration>(
                Duration(beginning) + (world.now() - begin) + set_by);
        }));
        return FakeClient(world);
    }
    static std::string with(std::string_view sync)
    {
        return std::string(R"("ext":{"timesync":)").append(sync).append("}");
    }
    /// `ext` of the reply to a connect that is answered at once; empty without one.
    std::string sync(std::string_view offered)
    {
        auto const answer = client.exchange(
            client.message("/meta/connect", R"("advice":{"timeout":0},)" + with(offered)));
        auto const* const ext = answer.on("/meta/connect").if_contains("ext");
        return ext != nullptr ? to_json(ext->at("timesync")) : "";
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_client_learns_the_servers_clock_and_how_wrong_it_is, Fixture)
{
    BOOST_TEST(sync(R"({"tc":1699999990000,"l":0,"o":0})") ==
               R"({"tc":1699999990000,"ts":1700000000000,"a":-10000,"p":0})");
    BOOST_TEST(sync(R"({"tc":1699999990000,"l":7,"o":9900})") ==
               R"({"tc":1699999990000,"ts":1700000000000,"a":-93,"p":0})");
}

BOOST_FIXTURE_TEST_CASE(the_lag_of_a_client_is_kept_with_its_session, Fixture)
{
    sync(R"({"tc":1699999990000,"l":7,"o":9900})");
    auto& attributes = world.context().session(client.id())->attributes();
    BOOST_TEST(*attributes.get(extensions::timesync_lag) == 7);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_is_right_within_25_ms_is_left_alone, Fixture)
{
    for (auto const* const right : {R"({"tc":1699999990000,"l":5,"o":9995})",
             R"({"tc":1699999990000,"l":5,"o":10019})", R"({"tc":1699999990000,"l":5,"o":9971})"})
        BOOST_TEST(sync(right) == "");
    for (auto const* const wrong :
        {R"({"tc":1699999990000,"l":5,"o":10020})", R"({"tc":1699999990000,"l":5,"o":9970})"})
        BOOST_TEST(sync(wrong) != "");
}

BOOST_FIXTURE_TEST_CASE(a_client_without_a_lag_is_answered_however_right_it_is, Fixture)
{
    BOOST_TEST(sync(R"({"tc":1700000000000,"l":0,"o":0})") ==
               R"({"tc":1700000000000,"ts":1700000000000,"a":0,"p":0})");
}

BOOST_FIXTURE_TEST_CASE(a_client_that_sends_its_clock_alone_learns_the_servers_clock, Fixture)
{
    for (auto const* const alone : {R"({"tc":1})", R"({"tc":1.0,"l":null,"o":5})"})
        BOOST_TEST(sync(alone) == R"({"tc":1,"ts":1700000000000,"p":0})");
}

BOOST_FIXTURE_TEST_CASE(the_time_of_a_hold_is_told, Fixture)
{
    auto const connect = client.connect(with(R"({"tc":5,"l":0,"o":0})"));
    world.pass(12s);
    world.context().session(client.id())->deliver("/foo", 1);
    world.pass(0ms);
    BOOST_TEST(to_json(world.answered(connect).on("/meta/connect").at("ext").at("timesync")) ==
               R"({"tc":5,"ts":1700000000000,"a":-1699999999995,"p":12000})");
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_back_meanwhile_makes_no_negative_time, Fixture)
{
    auto const connect = client.connect(with(R"({"tc":5})"));
    set_by = -1h;
    world.pass(30s);
    BOOST_TEST(to_json(world.answered(connect).on("/meta/connect").at("ext").at("timesync")) ==
               R"({"tc":5,"ts":1700000000000,"p":0})");
}

BOOST_FIXTURE_TEST_CASE(every_meta_message_is_answered_refused_ones_too, Fixture)
{
    auto const answer = client.exchange(batch_of({
        client.message("/meta/subscribe", R"("subscription":"/a",)" + with(R"({"tc":1})")),
        client.message("/meta/unsubscribe", with(R"({"tc":2})")),
        client.message("/meta/disconnect", with(R"({"tc":3})")),
        client.message("/meta/connect", with(R"({"tc":4})")),
    }));
    for (std::size_t at = 0; at < answer.body.size(); ++at)
        BOOST_TEST(answer.body.at(at).at("ext").at("timesync").at("tc").as_int64() ==
                   static_cast<std::int64_t>(at) + 1);
    BOOST_TEST(!answer.body.at(1).at("successful").as_bool());
    BOOST_TEST(!answer.body.at(3).at("successful").as_bool());
    auto const handshake =
        world.exchange(R"({"channel":"/meta/handshake",)" + with(R"({"tc":5})") + "}");
    BOOST_TEST(handshake.on("/meta/handshake").at("ext").at("timesync").at("tc").as_int64() == 5);
}

BOOST_FIXTURE_TEST_CASE(publishes_are_not_answered, Fixture)
{
    auto const answer =
        client.exchange(client.message("/foo", R"("data":1,)" + with(R"({"tc":1})")));
    BOOST_TEST(!answer.on("/foo").contains("ext"));
}

BOOST_FIXTURE_TEST_CASE(what_makes_no_sense_is_not_answered, Fixture)
{
    for (auto const* const nonsense : {"5", "null", "[]", "{}", R"({"l":0,"o":0})",
             R"({"tc":"now"})", R"({"tc":1e400})", R"({"tc":18446744073709551615})",
             R"({"tc":1,"l":0})", R"({"tc":1,"l":0,"o":"x"})", R"({"tc":1,"l":[],"o":0})"})
        BOOST_TEST(sync(nonsense) == "");
}

BOOST_FIXTURE_TEST_CASE(other_extensions_answer_beside_it, Fixture)
{
    auto other = std::make_shared<ScriptedExtension>();
    other->on_replying = [](Session*, MessageReply& reply) {
        reply.set_ext("other", "{}");
        return Extension::Verdict::keep;
    };
    world.engine().add_extension(other);
    auto const answer = client.exchange(client.message("/meta/subscribe", with(R"({"tc":1})")));
    BOOST_TEST(to_json(answer.on("/meta/subscribe").at("ext")) ==
               R"({"timesync":{"tc":1,"ts":1700000000000,"p":0},"other":{}})");
}
