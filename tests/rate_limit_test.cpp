// How fast clients may be: EngineOptions::max_message_rate, max_message_rate_per_address,
// max_handshake_rate_per_address.

#include "bayeux/detail/addresses.hpp"
#include "bayeux/detail/token_bucket.hpp"
#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

std::string const a_handshake = R"({"channel":"/meta/handshake"})";
constexpr std::string_view too_many = "429::too_many_messages";

EngineOptions with(std::size_t EngineOptions::*rate, std::size_t per_second)
{
    EngineOptions options;
    options.*rate = per_second;
    options.damp_handshakes = false;
    return options;
}

Answer from(FakeWorld& world, std::string peer, std::string body)
{
    Request request;
    request.peer = std::move(peer);
    return world.answered(world.send(std::move(body), std::move(request)));
}

/// The errors of as many publishes in one batch, an empty one for each that succeeded.
std::vector<std::string> publish(FakeClient& client, int count)
{
    std::vector<std::string> messages;
    messages.reserve(static_cast<std::size_t>(count));
    for (int n = 0; n < count; ++n)
        messages.push_back(client.message("/a", R"("data":1)"));
    std::vector<std::string> errors;
    for (auto const& reply : client.exchange(batch_of(messages)).body) {
        auto const* const error = reply.as_object().if_contains("error");
        errors.emplace_back(error != nullptr ? error->as_string().c_str() : "");
    }
    return errors;
}

std::ptrdiff_t refused(std::vector<std::string> const& errors)
{
    return std::count(errors.begin(), errors.end(), too_many);
}

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limit)

BOOST_AUTO_TEST_CASE(a_bucket_has_ten_seconds_worth_and_fills_evenly)
{
    detail::Rate const rate(3);
    detail::TokenBucket bucket;
    Instant const now(1'000s);
    BOOST_TEST(bucket.is_full(now));
    BOOST_TEST(bucket.take(rate, now, 100) == 30U);
    BOOST_TEST(!bucket.take(rate, now));
    BOOST_TEST(!bucket.take(rate, now + 333ms));
    BOOST_TEST(bucket.take(rate, now + 334ms));
    BOOST_TEST(bucket.take(rate, now + 5s, 100) == 14U);
    BOOST_TEST(!bucket.is_full(now + 14s));
    BOOST_TEST(bucket.is_full(now + 16s));
    BOOST_TEST(bucket.take(rate, now + 3600s, 100) == 30U);
}

BOOST_AUTO_TEST_CASE(a_rate_of_0_is_none)
{
    BOOST_TEST(!detail::Rate(0).is_limited());
    BOOST_TEST(detail::Rate(1).is_limited());
}

BOOST_AUTO_TEST_CASE(messages_of_a_session_that_come_too_fast_are_refused_until_there_is_time)
{
    FakeWorld world(with(&EngineOptions::max_message_rate, 2));
    FakeClient client(world); // has connected
    FakeClient other(world);
    auto const errors = publish(client, 25);
    BOOST_TEST(refused(errors) == 6);
    BOOST_TEST(errors[18].empty());
    BOOST_TEST(errors[19] == too_many);
    BOOST_TEST(world.engine().statistics().messages_too_fast == 6U);
    BOOST_TEST(world.engine().statistics().messages_published == 19U);
    BOOST_TEST(refused(publish(other, 19)) == 0); // has a bucket of its own
    world.pass(2s);
    BOOST_TEST(refused(publish(client, 5)) == 1);
}

BOOST_AUTO_TEST_CASE(the_refusal_tells_to_poll_later_and_the_next_connect_takes_it_back)
{
    FakeWorld world(with(&EngineOptions::max_message_rate, 1));
    FakeClient client(world);
    publish(client, 9);
    auto const answer = client.exchange(client.message("/a", R"("data":1)"));
    BOOST_TEST(answer.text ==
               R"([{"channel":"/a","id":"11","successful":false,"error":"429::too_many_messages",)"
               R"("advice":{"reconnect":"retry","interval":1000,"timeout":30000}}])");
    world.pass(1s);
    auto const polled = client.poll();
    BOOST_TEST(polled.error().empty());
    BOOST_TEST(polled.on("/meta/connect").at("advice").at("interval").as_int64() == 0);
}

BOOST_AUTO_TEST_CASE(a_connect_that_is_refused_ends_no_session_and_takes_no_messages_along)
{
    auto options = with(&EngineOptions::max_message_rate, 1);
    options.max_interval = 3s;
    FakeWorld world(options);
    FakeClient client(world, FakeClient::Cookies::keep, R"("ext":{"ack":true})");
    FakeClient other(world);
    client.subscribe("/a");
    publish(client, 8);
    other.publish("/a", "7");
    for (int n = 0; n < 3; ++n) {
        auto const answer = client.exchange(client.message("/meta/connect", R"("ext":{"ack":0})"));
        BOOST_TEST(answer.error() == too_many);
        BOOST_TEST(answer.count("/a") == 0U);
        BOOST_TEST(answer.on("/meta/connect").at("advice").at("reconnect").as_string() == "retry");
    }
    world.pass(3'900ms); // it was told to come back a second later, and has the interval from then
    BOOST_TEST((world.context().session(client.id()) != nullptr));
    BOOST_TEST(client.poll().data("/a").size() == 9U);
}

BOOST_AUTO_TEST_CASE(a_session_ends_by_disconnect_however_fast_it_was)
{
    FakeWorld world(with(&EngineOptions::max_message_rate, 1));
    FakeClient client(world);
    publish(client, 20);
    BOOST_TEST(client.disconnect().error().empty());
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_rate_nothing_is_refused)
{
    FakeWorld world;
    FakeClient client(world);
    for (int n = 0; n < 100; ++n)
        BOOST_TEST(refused(publish(client, 1'000)) == 0);
}

BOOST_AUTO_TEST_CASE(all_sessions_of_an_address_share_its_rate)
{
    FakeWorld world(with(&EngineOptions::max_message_rate_per_address, 2));
    FakeClient one(world); // a handshake, a connect
    FakeClient two(world);
    BOOST_TEST(refused(publish(one, 10)) == 0);
    BOOST_TEST(refused(publish(two, 10)) == 4);
    BOOST_TEST(world.engine().statistics().address_messages_too_fast == 4U);
    BOOST_TEST(from(world, "192.0.2.2:1", R"({"channel":"/a","clientId":"none"})").error() ==
               "402::session_unknown"); // another address, and another error
    BOOST_TEST(
        from(world, "192.0.2.1:99", R"({"channel":"/a","clientId":"none"})").error() == too_many);
    auto const answer = from(world, "192.0.2.1:98", a_handshake);
    BOOST_TEST(answer.error() == too_many);
    BOOST_TEST(
        answer.on("/meta/handshake").at("advice").at("reconnect").as_string() == "handshake");
    BOOST_TEST(answer.on("/meta/handshake").at("advice").at("interval").as_int64() == 10'000);
    BOOST_TEST(one.disconnect().error().empty());
    world.pass(3s);
    BOOST_TEST(refused(publish(two, 6)) == 0);
}

BOOST_AUTO_TEST_CASE(handshakes_of_an_address_that_come_too_fast_are_refused)
{
    FakeWorld world(with(&EngineOptions::max_handshake_rate_per_address, 1));
    for (int n = 0; n < 10; ++n)
        BOOST_TEST(
            from(world, "[2001:db8::" + std::to_string(n) + "]:1", a_handshake).error().empty());
    auto const answer = from(world, "[2001:db8::ffff:0:1]:1", a_handshake);
    BOOST_TEST(answer.text ==
               R"([{"channel":"/meta/handshake","successful":false,)"
               R"("error":"429::too_many_handshakes",)"
               R"("advice":{"reconnect":"handshake","interval":10000,"timeout":30000}}])");
    BOOST_TEST(world.engine().statistics().handshakes_too_fast == 1U);
    BOOST_TEST(world.engine().statistics().sessions == 10U);
    BOOST_TEST(from(world, "[2001:db8:0:1::1]:1", a_handshake).error().empty());
    BOOST_TEST(from(world, "192.0.2.1:1", a_handshake).error().empty());
    world.pass(1s);
    BOOST_TEST(from(world, "[2001:db8::1]:1", a_handshake).error().empty());
    BOOST_TEST(from(world, "[2001:db8::1]:1", a_handshake).error() == "429::too_many_handshakes");
}

BOOST_AUTO_TEST_CASE(who_has_no_address_has_no_limits_per_address)
{
    FakeWorld world(with(&EngineOptions::max_handshake_rate_per_address, 1));
    for (int n = 0; n < 50; ++n)
        BOOST_TEST(from(world, "unix socket", a_handshake).error().empty());
}

BOOST_AUTO_TEST_CASE(addresses_that_are_silent_are_forgotten)
{
    detail::Addresses addresses(with(&EngineOptions::max_handshake_rate_per_address, 1), {});
    Instant now(1'000s);
    for (int n = 0; n < 100'000; ++n, now += 10ms)
        addresses.may_shake_hands("10." + std::to_string(n / 65'536) + '.' +
                                      std::to_string(n / 256 % 256) + '.' +
                                      std::to_string(n % 256) + ":1",
            now);
    BOOST_TEST(addresses.size() < 2'000U);
}

BOOST_AUTO_TEST_CASE(the_log_tells_each_limit_once_a_minute_and_how_often_it_was_reached)
{
    FakeWorld world(with(&EngineOptions::max_message_rate, 1));
    FakeClient client(world);
    publish(client, 109);
    BOOST_TEST(world.logged("max-message-rate reached by 192.0.2.1:1") == 1U);
    publish(client, 50);
    BOOST_TEST(world.logged("max-message-rate") == 1U);
    world.pass(60s);
    FakeClient another(world);
    publish(another, 15);
    BOOST_TEST(world.logged("max-message-rate") == 2U);
    BOOST_TEST(world.logged(", 150 times since this was last told") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
