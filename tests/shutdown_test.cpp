#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

std::int64_t interval_of(Answer const& answer, std::string_view channel)
{
    return answer.on(channel).at("advice").as_object().at("interval").as_int64();
}

/// A session of a page without cookies, after its first connect; what it connects with.
std::string begin_page(FakeWorld& world)
{
    auto const handshake = world.answered(world.send_from_page(R"({"channel":"/meta/handshake"})"));
    auto connect = R"({"channel":"/meta/connect","clientId":")" +
                   std::string(handshake.on("/meta/handshake").at("clientId").as_string()) +
                   R"("})";
    world.answered(world.send_from_page(connect));
    return connect;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_shutdown_answers_held_connects_with_advice_to_handshake_again)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.shutdown(1s);
    auto const answer = world.answered(connect);
    auto const& reply = answer.on("/meta/connect");
    BOOST_TEST(answer.ok);
    BOOST_TEST(reply.at("id").as_string() == "2");
    BOOST_TEST(!reply.at("successful").as_bool());
    BOOST_TEST(reply.at("error").as_string() == "402::session_unknown");
    auto const& advice = reply.at("advice").as_object();
    BOOST_TEST(advice.at("reconnect").as_string() == "handshake");
    BOOST_TEST(advice.at("timeout").as_int64() == 30'000);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    BOOST_TEST(world.engine().statistics().held_connects == 0U);
}

BOOST_AUTO_TEST_CASE(clients_are_told_to_come_back_spread_over_time)
{
    FakeWorld world;
    std::vector<std::unique_ptr<FakeClient>> clients;
    std::vector<Origin> connects;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(std::make_unique<FakeClient>(world));
        connects.push_back(clients.back()->connect());
    }
    world.shutdown(1s);
    std::int64_t soonest = 1'000'000;
    std::int64_t latest = 0;
    for (auto const connect : connects) {
        auto const answer = world.answered(connect);
        auto const interval = answer.on("/meta/connect").at("advice").at("interval").as_int64();
        soonest = std::min(soonest, interval);
        latest = std::max(latest, interval);
    }
    BOOST_TEST(soonest >= 1'000);
    BOOST_TEST(soonest < 1'200);
    BOOST_TEST(latest > 1'800);
    BOOST_TEST(latest <= 2'000);
}

BOOST_AUTO_TEST_CASE(a_shutdown_without_interval_advises_none)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.shutdown(0ms);
    BOOST_TEST(
        world.answered(connect).on("/meta/connect").at("advice").at("interval").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(programs_without_cookies_are_told_to_come_back_at_once)
{
    FakeWorld world;
    FakeClient client(world, FakeClient::Cookies::drop);
    auto const connect = client.connect();
    world.shutdown(1s);
    auto const answer = world.answered(connect);
    auto const& advice = answer.on("/meta/connect").at("advice").as_object();
    BOOST_TEST(advice.at("reconnect").as_string() == "handshake");
    BOOST_TEST(advice.at("interval").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(pages_without_cookies_are_told_to_come_back_when_the_server_is_there_again)
{
    // CometD would give up long-polling where it finds nobody at home.
    FakeWorld world;
    auto const connect = begin_page(world);
    auto const held = world.send_from_page(connect);
    world.shutdown(1s);
    auto const answer = world.answered(held);
    BOOST_TEST(interval_of(answer, "/meta/connect") >= 1'000);
}

BOOST_AUTO_TEST_CASE(after_a_shutdown_every_old_session_is_unknown)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    world.shutdown(1s);
    BOOST_TEST(client.poll().on("/meta/connect").at("error").as_string() == "402::session_unknown");
    BOOST_TEST(world.context().session(client.id()) == nullptr);
    world.pass(1h);
    BOOST_TEST(!world.engine().next_deadline().has_value());
}

namespace {

std::string with_ack(FakeClient& client, int batch)
{
    return client.message("/meta/connect", R"("ext":{"ack":)" + std::to_string(batch) + "}");
}

} // namespace

BOOST_AUTO_TEST_CASE(who_is_between_two_polls_fetches_what_waits_and_is_sent_away_then)
{
    FakeWorld world;
    FakeClient reader(world);
    FakeClient const other(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    writer.publish("/a", "1");
    world.shutdown(1s);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    BOOST_TEST(reader.received("/a") == boost::json::array{1});
    auto const answer = world.answered(reader.connect());
    BOOST_TEST(answer.error() == "402::session_unknown");
    BOOST_TEST(interval_of(answer, "/meta/connect") >= 1'000);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(a_page_that_was_between_two_polls_is_told_to_come_back_later_too)
{
    FakeWorld world;
    auto const connect = begin_page(world);
    world.shutdown(1s);
    auto const answer = world.answered(world.send_from_page(connect));
    BOOST_TEST(answer.error() == "402::session_unknown");
    BOOST_TEST(interval_of(answer, "/meta/connect") >= 1'000);
}

BOOST_AUTO_TEST_CASE(lazy_messages_come_before_the_end)
{
    EngineOptions options;
    options.lazy_channels = {{"/lazy", 5s}};
    FakeWorld world(options);
    FakeClient reader(world);
    FakeClient writer(world);
    reader.subscribe("/lazy");
    auto const held = reader.connect();
    writer.publish("/lazy", "1");
    BOOST_TEST(world.waits(held));
    world.shutdown(1s);
    BOOST_TEST(world.answered(held).data("/lazy") == boost::json::array{1});
    BOOST_TEST(world.answered(reader.connect()).error() == "402::session_unknown");
}

BOOST_AUTO_TEST_CASE(what_was_not_acknowledged_comes_again_during_a_shutdown)
{
    FakeWorld world;
    FakeClient reader(world, FakeClient::Cookies::keep, R"("ext":{"ack":true})");
    FakeClient writer(world);
    reader.subscribe("/a");
    auto const lost = reader.send(with_ack(reader, 1));
    writer.publish("/a", "1");
    BOOST_TEST(world.answered(lost).data("/a") == boost::json::array{1}); // it may not have come
    world.shutdown(1s);
    auto const again = reader.exchange(with_ack(reader, 1));
    BOOST_TEST(again.data("/a") == boost::json::array{1});
    auto const batch = again.on("/meta/connect").at("ext").at("ack").as_int64();
    auto const last = reader.exchange(with_ack(reader, static_cast<int>(batch)));
    BOOST_TEST(last.error() == "402::session_unknown");
    BOOST_TEST(interval_of(last, "/meta/connect") >= 1'000);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(a_socket_that_was_full_gets_the_rest_before_the_end)
{
    FakeWorld world;
    auto const socket = world.open_socket();
    world.send_on(socket, R"({"channel":"/meta/handshake"})");
    auto const id = std::string(
        world.answered(socket).on("/meta/handshake").at("clientId").as_string().c_str());
    auto const send = [&](std::string const& channel, std::string const& more) {
        world.send_on(
            socket, R"({"channel":")" + channel + R"(","clientId":")" + id + '"' + more + '}');
    };
    send("/meta/connect", "");
    send("/meta/subscribe", R"(,"subscription":"/a")");
    send("/meta/connect", "");
    world.answered(socket);
    world.answered(socket);
    world.engine().link_full(socket);
    FakeClient writer(world);
    writer.publish("/a", "1");
    world.shutdown(1s);
    BOOST_TEST(!world.answer(socket).has_value());
    world.link_ready(socket);
    BOOST_TEST(world.answered(socket).data("/a") == boost::json::array{1});
    BOOST_TEST(world.answered(socket).error() == "402::session_unknown");
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_new_is_taken_during_a_shutdown)
{
    FakeWorld world;
    FakeClient reader(world);
    reader.subscribe("/a");
    reader.publish("/b", "1");
    FakeClient(world).publish("/a", "1");
    world.shutdown(1s);
    auto const refused = world.answered(world.send(R"({"channel":"/meta/handshake"})"));
    BOOST_TEST(refused.error() == "503::shutting_down");
    BOOST_TEST(interval_of(refused, "/meta/handshake") >= 1'000);
    BOOST_TEST(reader.publish("/a", "2").error() == "503::shutting_down");
    BOOST_TEST(reader.subscribe("/c").error() == "503::shutting_down");
    BOOST_TEST(reader.received("/a") == boost::json::array{1});
}

BOOST_AUTO_TEST_CASE(a_shutdown_that_is_told_again_waits_for_nobody)
{
    FakeWorld world;
    FakeClient reader(world);
    reader.subscribe("/a");
    FakeClient(world).publish("/a", "1");
    world.shutdown(1s);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    world.shutdown(1s);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}
