#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Several sessions of one browser (wire-behaviour 4.7)

namespace {

EngineOptions with_limit(int limit)
{
    EngineOptions options;
    options.max_sessions_per_browser = limit;
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_second_tab_is_told_to_come_back_while_the_first_one_holds)
{
    FakeWorld world;
    FakeClient first(world);
    FakeClient second(world, first);
    auto const held = first.connect();
    BOOST_TEST(world.answered(second.connect()).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":true,)"
               R"("advice":{"multiple-clients":true,"reconnect":"retry","interval":2000}}])");
    BOOST_TEST(!world.answer(held).has_value());
    BOOST_TEST(world.engine().statistics().multiple_clients == 1U);
}

BOOST_AUTO_TEST_CASE(a_tab_turned_away_is_told_the_timeout_too_when_advice_was_due)
{
    FakeWorld world;
    FakeClient first(world);
    FakeClient second(world, first);
    first.connect();
    BOOST_TEST(
        world.answered(second.connect(R"("advice":{})")).text ==
        R"([{"channel":"/meta/connect","id":"2","successful":true,"advice":)"
        R"({"multiple-clients":true,"reconnect":"retry","interval":2000,"timeout":30000}}])");
}

BOOST_AUTO_TEST_CASE(a_tab_turned_away_expires_after_the_interval_it_was_advised_and_the_grace)
{
    FakeWorld world;
    FakeClient first(world);
    FakeClient second(world, first);
    first.connect();
    second.connect();
    world.pass(2s + 10s - 1ms);
    BOOST_TEST(world.engine().statistics().sessions == 2U);
    world.pass(1ms);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
}

BOOST_AUTO_TEST_CASE(the_second_tab_is_held_once_the_first_connect_has_ended_in_any_way)
{
    EngineOptions options;
    options.timeout = 3s;
    FakeWorld world(options);
    FakeClient publisher(world);
    auto const by_timeout = [&](FakeClient&, Origin) { world.pass(3s); };
    auto const by_message = [&](FakeClient&, Origin) { publisher.publish("/foo", "1"); };
    auto const by_disconnect = [&](FakeClient& first, Origin) { first.disconnect(); };
    auto const by_duplicate = [&](FakeClient& first, Origin) { first.poll(); };
    auto const by_lost_connection = [&](FakeClient&, Origin held) { world.lose(held); };
    auto const by_server = [&](FakeClient& first, Origin) {
        world.context().session(first.id())->disconnect();
        world.pass(0ms);
    };
    std::function<void(FakeClient&, Origin)> const endings[] = {
        by_message, by_disconnect, by_duplicate, by_lost_connection, by_server, by_timeout};
    for (auto const& end : endings) {
        FakeClient first(world);
        FakeClient second(world, first);
        first.subscribe("/foo");
        auto const held = first.connect();
        BOOST_TEST(world.answer(second.connect()).has_value());
        end(first, held);
        auto const next = second.connect();
        BOOST_TEST(!world.answer(next).has_value());
        world.lose(next);
    }
}

BOOST_AUTO_TEST_CASE(a_tab_held_again_gets_advice_only_when_it_is_due)
{
    FakeWorld world;
    FakeClient first(world);
    FakeClient second(world, first);
    first.connect();
    second.connect();
    first.disconnect();
    auto const held = second.connect();
    world.pass(30s);
    BOOST_TEST(!world.answered(held).on("/meta/connect").contains("advice"));
}

BOOST_AUTO_TEST_CASE(a_tabs_own_held_connect_does_not_count_against_its_next)
{
    FakeWorld world;
    FakeClient client(world);
    client.connect();
    BOOST_TEST(!world.answer(client.connect()).has_value());
    BOOST_TEST(!world.answer(client.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(browsers_do_not_count_against_each_other)
{
    FakeWorld world;
    FakeClient first(world);
    FakeClient second(world);
    BOOST_TEST(!world.answer(first.connect()).has_value());
    BOOST_TEST(!world.answer(second.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(the_limit_can_be_higher)
{
    FakeWorld world(with_limit(2));
    FakeClient first(world);
    FakeClient second(world, first);
    FakeClient third(world, first);
    BOOST_TEST(!world.answer(first.connect()).has_value());
    BOOST_TEST(!world.answer(second.connect()).has_value());
    BOOST_TEST(world.answer(third.connect()).has_value());
    first.poll();
    BOOST_TEST(!world.answer(third.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(a_negative_limit_is_none)
{
    FakeWorld world(with_limit(-1));
    FakeClient first(world);
    FakeClient second(world, first);
    BOOST_TEST(!world.answer(first.connect()).has_value());
    BOOST_TEST(!world.answer(second.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(a_limit_of_zero_never_holds)
{
    FakeWorld world(with_limit(0));
    FakeClient client(world);
    auto const answer = world.answered(client.connect());
    BOOST_TEST(answer.on("/meta/connect").at("advice").at("multiple-clients").as_bool());
}

BOOST_AUTO_TEST_CASE(without_an_interval_further_tabs_are_sent_away)
{
    EngineOptions options;
    options.multi_session_interval = 0ms;
    FakeWorld world(options);
    FakeClient first(world);
    FakeClient second(world, first);
    first.connect();
    BOOST_TEST(world.answered(second.connect(R"("advice":{})")).text ==
               R"([{"channel":"/meta/connect","id":"2","successful":false,)"
               R"("advice":{"multiple-clients":true,"reconnect":"none"}}])");
}

BOOST_AUTO_TEST_CASE(sessions_without_a_browser_cookie_are_not_counted)
{
    FakeWorld world;
    FakeClient first(world, FakeClient::Cookies::drop);
    FakeClient second(world, FakeClient::Cookies::drop);
    BOOST_TEST(!world.answer(first.connect()).has_value());
    BOOST_TEST(!world.answer(second.connect()).has_value());
}

BOOST_AUTO_TEST_CASE(messages_wake_a_tab_that_is_turned_away_at_its_next_connect)
{
    FakeWorld world;
    FakeClient publisher(world);
    FakeClient first(world);
    FakeClient second(world, first);
    second.subscribe("/foo");
    first.connect();
    publisher.publish("/foo", "1");
    auto const answer = world.answered(second.connect());
    BOOST_TEST(answer.data("/foo") == boost::json::array{1});
    BOOST_TEST(!answer.on("/meta/connect").contains("advice"));
}
