#include "bayeux/testing/fake_world.hpp"
#include "services/monitor.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;
using bayeux::services::Monitor;

namespace {

namespace json = boost::json;

struct MonitorWorld : FakeWorld {
    MonitorWorld() { install<Monitor>(Monitor::Options{}); }
};

std::string sessions(Answer const& answer)
{
    return json::serialize(answer.data("/monitor/sessions"));
}

/// Rows come in any order.
std::string channels(Answer const& answer)
{
    auto events = answer.data("/monitor/channels");
    for (auto& event : events)
        std::ranges::sort(event.at("rows").as_array(), {},
            [](json::value const& row) { return json::serialize(row); });
    return json::serialize(events);
}

} // namespace

BOOST_AUTO_TEST_CASE(who_subscribes_gets_a_list_alone)
{
    MonitorWorld world;
    FakeClient ann(world);
    ann.subscribe("/room");
    FakeClient bob(world);
    bob.subscribe("/room");
    FakeClient watcher(world);
    BOOST_TEST(channels(watcher.subscribe("/monitor/channels")) ==
               R"([{"event":"list","rows":[{"channel":"/monitor/channels","subscribers":1},)"
               R"({"channel":"/room","subscribers":2}],"total":2}])");
    auto const list = watcher.subscribe("/monitor/sessions").data("/monitor/sessions").at(0);
    BOOST_TEST(list.at("total") == 3);
    auto const& rows = list.at("rows").as_array();
    BOOST_REQUIRE(rows.size() == 3U);
    for (auto const& row : rows) {
        BOOST_TEST(row.at("peer") == "192.0.2.1:1");
        BOOST_TEST(row.at("transport") == "long-polling");
        BOOST_TEST(row.at("count") == row.at("subscriptions").as_array().size());
    }
    BOOST_TEST(ann.poll().body.size() == 1U);
}

BOOST_AUTO_TEST_CASE(no_session_id_is_told)
{
    MonitorWorld world;
    FakeClient ann(world);
    FakeClient watcher(world);
    auto text = watcher.subscribe("/monitor/*").text;
    ann.subscribe("/room");
    ann.disconnect();
    world.pass(1s);
    text += watcher.poll().text;
    BOOST_TEST(text.find(ann.id()) == std::string::npos);
    BOOST_TEST(text.find(watcher.id()) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_changes_is_told_once_in_a_period)
{
    MonitorWorld world;
    FakeClient watcher(world);
    watcher.subscribe("/monitor/*");
    world.pass(1s);
    watcher.poll();
    FakeClient ann(world);
    for (int i = 0; i < 10; ++i) {
        ann.subscribe("/a");
        ann.unsubscribe("/a");
    }
    ann.subscribe("/b");
    BOOST_TEST(watcher.poll().body.size() == 1U);
    world.pass(1s);
    auto const answer = watcher.poll();
    BOOST_TEST(channels(answer) ==
               R"([{"event":"change","rows":[{"channel":"/b","subscribers":1}],)"
               R"("gone":["/a"]}])");
    BOOST_TEST(sessions(answer) ==
               R"([{"event":"change","rows":[{"session":2,"peer":"192.0.2.1:1",)"
               R"("transport":"long-polling","subscriptions":["/b"],"count":1}],"gone":[]}])");
    world.pass(5s);
    BOOST_TEST(watcher.poll().body.size() == 1U);
    ann.disconnect();
    world.pass(1s);
    auto const end = watcher.poll();
    BOOST_TEST(channels(end) == R"([{"event":"change","rows":[],"gone":["/b"]}])");
    BOOST_TEST(sessions(end) == R"([{"event":"change","rows":[],"gone":[2]}])");
}

BOOST_AUTO_TEST_CASE(a_session_that_expires_is_gone)
{
    MonitorWorld world;
    FakeClient const silent(world);
    FakeClient watcher(world);
    watcher.subscribe("/monitor/sessions");
    world.pass(1s);
    watcher.poll();
    auto const connect = watcher.connect();
    world.pass(11s);
    BOOST_TEST(sessions(world.answered(connect)) == R"([{"event":"change","rows":[],"gone":[1]}])");
}

BOOST_AUTO_TEST_CASE(another_transport_is_a_change)
{
    MonitorWorld world;
    FakeClient watcher(world);
    watcher.subscribe("/monitor/sessions");
    FakeClient ann(world);
    world.pass(1s);
    watcher.poll();
    auto const socket = world.open_socket();
    world.send_on(socket, ann.message("/meta/connect"));
    world.pass(1s);
    auto const change = watcher.poll().data("/monitor/sessions").at(0);
    BOOST_TEST(change.at("rows").as_array().size() == 1U);
    BOOST_TEST(change.at("rows").at(0).at("transport") == "websocket");
}

BOOST_AUTO_TEST_CASE(more_changes_than_a_list_has_rows_are_a_list)
{
    MonitorWorld world;
    FakeClient watcher(world);
    watcher.subscribe("/monitor/*");
    world.pass(1s);
    watcher.poll();
    std::vector<std::unique_ptr<FakeClient>> crowd;
    for (std::size_t i = 0; i < Monitor::max_rows + 10; ++i) {
        crowd.push_back(std::make_unique<FakeClient>(world));
        crowd.back()->subscribe("/c/" + std::to_string(i));
    }
    world.pass(1s);
    auto const answer = watcher.poll();
    for (auto const* const table : {"/monitor/sessions", "/monitor/channels"}) {
        auto const told = answer.data(table).at(0);
        BOOST_TEST(told.at("event") == "list");
        BOOST_TEST(told.at("rows").as_array().size() == Monitor::max_rows);
        BOOST_TEST(told.at("total") == Monitor::max_rows + 11);
    }
}

BOOST_AUTO_TEST_CASE(of_many_subscriptions_some_are_named)
{
    MonitorWorld world;
    FakeClient watcher(world);
    for (int i = 0; i < 30; ++i)
        watcher.subscribe("/c/" + std::to_string(i));
    auto const row =
        watcher.subscribe("/monitor/sessions").data("/monitor/sessions").at(0).at("rows").at(0);
    BOOST_TEST(row.at("count") == 31);
    BOOST_TEST(row.at("subscriptions").as_array().size() == Monitor::max_subscriptions);
}

BOOST_AUTO_TEST_CASE(nothing_is_published_while_nobody_watches)
{
    MonitorWorld world;
    FakeClient watcher(world);
    watcher.subscribe("/monitor/sessions");
    watcher.unsubscribe("/monitor/sessions");
    world.pass(2s);
    FakeClient ann(world);
    ann.subscribe("/room");
    world.pass(5s);
    BOOST_TEST(world.engine().statistics().messages_published == 0U);
}

BOOST_AUTO_TEST_CASE(only_the_server_monitors)
{
    MonitorWorld world;
    FakeClient ann(world);
    BOOST_TEST(ann.publish("/monitor/sessions", "1").error().starts_with("403:"));
}
