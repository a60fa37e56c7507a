#include "bayeux/testing/fake_world.hpp"
#include "services/ticker.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;
using bayeux::services::Ticker;

namespace {

namespace json = boost::json;

struct TickerWorld : FakeWorld {
    explicit TickerWorld(Duration delay = 0ms) { install<Ticker>(Ticker::Options{100ms, delay}); }
};

/// What has come of prices, in order.
json::array prices(Answer const& answer)
{
    json::array all;
    for (auto const& element : answer.body)
        if (auto const* const data = element.as_object().if_contains("data"))
            if (data->is_object())
                all.push_back(*data);
    return all;
}

std::set<std::string> symbols_in(json::array const& prices)
{
    std::set<std::string> symbols;
    for (auto const& price : prices)
        symbols.insert(price.at("symbol").as_string().c_str());
    return symbols;
}

} // namespace

BOOST_AUTO_TEST_CASE(who_subscribes_gets_the_latest_price_at_once)
{
    TickerWorld world;
    FakeClient ann(world);
    auto const all = prices(ann.subscribe("/ticker/*"));
    BOOST_TEST(all.size() == Ticker::symbols.size());
    BOOST_TEST(symbols_in(all).size() == Ticker::symbols.size());
    world.pass(1s);
    auto const news = ann.poll().data("/ticker/WOOL");
    BOOST_REQUIRE(!news.empty());
    FakeClient bob(world);
    auto const first = bob.subscribe("/ticker/WOOL").data("/ticker/WOOL");
    BOOST_REQUIRE(first.size() == 1U);
    BOOST_TEST(first.at(0).at("price") == news.back().at("price"));
    BOOST_TEST(first.at(0).at("tick") == 10);
}

BOOST_AUTO_TEST_CASE(a_price_has_two_decimals_and_its_change_since_the_beginning)
{
    TickerWorld world;
    FakeClient ann(world);
    auto const start = ann.subscribe("/ticker/SILK").data("/ticker/SILK").at(0);
    BOOST_TEST(start.at("change").to_number<double>() == 0.0);
    for (int i = 0; i < 50; ++i) {
        world.pass(100ms);
        auto const answer = ann.poll();
        for (auto const& price : answer.data("/ticker/SILK")) {
            auto const change =
                price.at("price").to_number<double>() - start.at("price").to_number<double>();
            BOOST_TEST(std::abs(price.at("change").to_number<double>() - change) < 1e-6);
        }
        BOOST_TEST(answer.text.find('E') == answer.text.find("E\":")); // no exponents
    }
}

BOOST_AUTO_TEST_CASE(the_prices_are_the_same_in_each_run)
{
    auto const run = [] {
        TickerWorld world;
        FakeClient ann(world);
        ann.subscribe("/ticker/*");
        std::string text;
        for (int i = 0; i < 20; ++i) {
            world.pass(100ms);
            text += json::serialize(prices(ann.poll()));
        }
        return text;
    };
    BOOST_TEST(run() == run());
}

BOOST_AUTO_TEST_CASE(of_what_waits_for_a_client_only_the_latest_price_of_each_symbol_is_sent)
{
    TickerWorld world;
    FakeClient slow(world);
    slow.subscribe("/ticker/*");
    slow.subscribe("/other");
    world.pass(3s);
    slow.publish("/other", "1"); // takes along what waits
    world.pass(3s);
    FakeClient(world).publish("/other", "2");
    auto const answer = slow.poll();
    auto const all = prices(answer);
    BOOST_TEST(symbols_in(all).size() == Ticker::symbols.size());
    BOOST_TEST(all.size() == Ticker::symbols.size());
    BOOST_TEST(answer.data("/other") == json::array{2});
    for (auto const& price : all)
        BOOST_TEST(price.at("tick").to_number<int>() > 50);
}

BOOST_AUTO_TEST_CASE(prices_wait_for_newer_ones_no_longer_than_the_delay)
{
    TickerWorld world(1s);
    FakeClient ann(world);
    ann.subscribe("/ticker/*");
    auto const connect = ann.connect();
    world.pass(1'050ms);
    BOOST_TEST(world.waits(connect));
    world.pass(100ms); // the first price of all has come after 100 ms
    auto const all = prices(world.answered(connect));
    BOOST_TEST(all.size() == symbols_in(all).size());
    BOOST_TEST(all.at(0).at("tick").to_number<int>() > 1);
}

BOOST_AUTO_TEST_CASE(nothing_is_done_while_nobody_is_subscribed)
{
    TickerWorld world;
    world.pass(10s);
    BOOST_TEST(world.engine().statistics().messages_published == 0U);
    FakeClient ann(world);
    ann.subscribe("/ticker/FELT");
    world.pass(1s);
    auto const published = world.engine().statistics().messages_published;
    BOOST_TEST(published > 0U);
    ann.unsubscribe("/ticker/FELT");
    world.pass(8s);
    BOOST_TEST(world.engine().statistics().messages_published == published);
    auto const again = ann.subscribe("/ticker/FELT").data("/ticker/FELT");
    BOOST_TEST(again.at(0).at("tick") == 10);
    world.pass(1s);
    BOOST_TEST(world.engine().statistics().messages_published > published);
}

BOOST_AUTO_TEST_CASE(only_the_server_makes_prices)
{
    TickerWorld world;
    FakeClient ann(world);
    BOOST_TEST(ann.publish("/ticker/WOOL", "1").error().starts_with("403:"));
    BOOST_TEST(prices(ann.subscribe("/ticker/GOLD")).empty());
}
