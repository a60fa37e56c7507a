#include "tests/support/random_traffic.hpp"

#include <algorithm>

namespace bayeux::testing {
namespace {

std::string random_channel(Dice& dice)
{
    if (dice.one_in(12)) // odd ones
        return dice.of(
            {"", "/", "a", "//", "/a//b", "/a/*/b", "/**/a", "/a/b:c", "/a ", "/a/ ", "/ /a", "/a*",
                "/a/b*", "/meta", "/service", "/meta/", "/meta/*", "/meta/none", "/meta/connect",
                "/meta/subscribe/", "/meta/ping", "/a/b/c/d/e/f/g", "/a/b/c/d/e/f/g/h"});
    if (dice.one_in(8))
        return dice.of({"/service/echo", "/service/echo", "/service/shout", "/service/shout",
            "/service/slow", "/service/bye", "/service/none", "/service/*"});
    if (dice.one_in(3))
        return dice.of({"/**", "/*", "/a/*", "/a/**", "/a/b/*", "/left", "/refused"});
    return dice.of({"/a", "/a", "/a/", "/b", "/a/b", "/a/b", "/a/x", "/a/b/c", "/c/d/", "/shout"});
}

std::string random_data(Dice& dice, Stamp stamp)
{
    if (dice.one_in(8))
        return dice.of({"null", "0", "false", R"("")", "{}", "[]"});
    if (dice.one_in(8))
        return quoted(std::string(dice.below(200), 'x'));
    return to_json(stamp);
}

void random_subscription(Dice& dice, PlainMessage& message)
{
    auto const kind = dice.below(24);
    if (kind == 0) {
        message.subscription = dice.of({"5", "{}", "true"});
    } else if (kind < 18) {
        message.names = {random_channel(dice)};
        message.subscription = quoted(message.names->front());
    } else if (kind < 23) {
        auto& names = message.names.emplace();
        for (auto n = dice.below(4); n-- > 0;) {
            names.push_back(dice.one_in(20) ? "5" : random_channel(dice));
            message.subscription += (message.subscription.empty() ? "" : ",") +
                                    (names.back() == "5" ? "5" : quoted(names.back()));
        }
        message.subscription = "[" + message.subscription + "]";
    }
}

ClientAdvice random_advice(Dice& dice)
{
    ClientAdvice advice;
    if (!dice.one_in(4))
        advice.timeout = dice.of<std::int64_t>({-1, 0, 0, 1, 30, 64, 5000, 3'600'000});
    if (dice.one_in(3))
        advice.interval = dice.of<std::int64_t>({-1, 0, 1, 50, 63, 4096, 600'000});
    return advice;
}

} // namespace

EngineOptions random_options(Dice& dice)
{
    auto const ms = [&](std::initializer_list<int> choices) { return Duration(dice.of(choices)); };
    EngineOptions options;
    options.damp_handshakes = false; // all requests come from one peer
    options.timeout = ms({0, 5, 50, 1000, 30'000, 30'000, 30'000, 30'000});
    options.interval = ms({0, 0, 0, 10, 200});
    options.max_interval = ms({0, 20, 100, 1000, 10'000, 10'000, 10'000, 10'000});
    options.sweep_period = ms({7, 100, 997});
    options.max_sessions_per_browser = dice.of({-1, -1, 0, 1, 2});
    options.multi_session_interval = ms({-1, 0, 20, 2000});
    options.trust_client_session =
        dice.of({TrustClientSession::no, TrustClientSession::yes, TrustClientSession::automatic});
    options.meta_connect_deliver_only = dice.one_in(3);
    options.duplicate_meta_connect_http_response_code = dice.of({500, 408});
    options.broadcast_to_publisher = !dice.one_in(3);
    options.max_batch = dice.of<std::size_t>({1, 3, 1000, 1000});
    options.max_channel_length = dice.of<std::size_t>({17, 1024});
    options.max_subscriptions = dice.of<std::size_t>({1, 3, 1000, 1000});
    options.max_channels = dice.of<std::size_t>({14, 17, 1000, 1000});
    options.max_sessions = dice.of<std::size_t>({2, 5, 1000, 1000});
    options.max_queue = dice.of<std::size_t>({1, 3, 1000, 1000});
    options.max_queue_bytes = dice.of<std::size_t>({150, 400, 1'000'000, 1'000'000});
    return options;
}

PlainMessage random_message(Dice& dice, std::string const& client_id, Stamp stamp)
{
    PlainMessage message;
    message.client_id = client_id;
    if (!dice.one_in(20))
        message.id = dice.one_in(20) ? dice.of({"", "a-b", "x y"}) : std::to_string(stamp.number);
    auto const kind = dice.below(100);
    if (kind < 40) {
        message.channel = random_channel(dice);
        if (!dice.one_in(10))
            message.data = random_data(dice, stamp);
        if (dice.one_in(40))
            random_subscription(dice, message);
        if (dice.one_in(20))
            message.advice = random_advice(dice);
    } else if (kind < 65) {
        message.channel = "/meta/connect";
        if (dice.one_in(3))
            message.advice = random_advice(dice);
        if (dice.one_in(40))
            message.data = R"("bye")";
    } else if (kind < 85) {
        message.channel = "/meta/subscribe";
        random_subscription(dice, message);
    } else if (kind < 95) {
        message.channel = "/meta/unsubscribe";
        random_subscription(dice, message);
    } else if (kind < 96) {
        message.channel = dice.of({"/meta/disconnect", "/meta/disconnect", "/meta/disconnect/"});
    } else if (kind < 98) {
        return random_handshake(dice);
    }
    return message;
}

PlainMessage random_handshake(Dice& dice)
{
    PlainMessage message;
    message.channel = dice.one_in(10) ? "/meta/handshake/" : "/meta/handshake";
    if (!dice.one_in(4))
        message.id = dice.one_in(20) ? "-" : "0";
    if (dice.one_in(4))
        message.advice = random_advice(dice);
    if (dice.one_in(10))
        message.client_id = "ignored";
    return message;
}

Duration random_duration(Dice& dice, EngineOptions const& options)
{
    if (dice.one_in(2))
        return Duration(0);
    if (!dice.one_in(6))
        return Duration(1 + static_cast<Duration::rep>(dice.below(20)));
    if (dice.one_in(30))
        return Duration(static_cast<Duration::rep>(dice.below(10'000'000)));
    auto const around = dice.of({options.timeout, options.max_interval,
        options.interval + options.max_interval, 3 * options.sweep_period,
        options.multi_session_interval, Duration(64), Duration(4096)});
    return std::max(
        Duration(0), around - Duration(1) + Duration(static_cast<Duration::rep>(dice.below(3))));
}

} // namespace bayeux::testing
