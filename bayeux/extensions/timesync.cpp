#include "bayeux/extensions/timesync.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/session.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace bayeux::extensions {
namespace {

namespace json = boost::json;

constexpr std::string_view name = "timesync";
/// A client whose error is smaller needs no answer; so one that has settled is left alone.
constexpr std::int64_t accuracy_target = 25;

std::int64_t milliseconds(WallClock const& clock)
{
    return clock().time_since_epoch().count();
}

std::optional<std::int64_t> milliseconds(json::object const& sync, std::string_view member)
{
    constexpr double largest = 4e15; // far beyond all clocks, and sums of a few stay exact
    auto const* const value = sync.if_contains(member);
    if (value == nullptr || !value->is_number())
        return std::nullopt;
    auto const number = value->to_number<double>();
    if (!(std::fabs(number) <= largest))
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

/// Without `p`, which is not known before the reply goes.
std::optional<json::object> answer_to(json::object const& sync, std::int64_t ts)
{
    auto const tc = milliseconds(sync, "tc");
    if (!tc)
        return std::nullopt;
    json::object answer{{"tc", *tc}, {"ts", ts}};
    auto const* const l = sync.if_contains("l");
    if (l == nullptr || l->is_null())
        return answer;
    auto const lag = milliseconds(sync, "l");
    auto const offset = milliseconds(sync, "o");
    if (!lag || !offset)
        return std::nullopt;
    auto const error = *tc + *offset + *lag - ts;
    if (*lag != 0 && std::abs(error) < accuracy_target)
        return std::nullopt;
    answer["a"] = error;
    return answer;
}

} // namespace

Decision Timesync::incoming(Session* from, Message& message, MessageReply& reply, Pending)
{
    if (is_meta(channel_identity(message.channel()))) {
        auto const sync = message.ext(name);
        if (auto const* const object = sync.if_object()) {
            if (auto const answer = answer_to(*object, milliseconds(clock_)))
                reply.set_ext(name, to_json(*answer));
            if (auto const lag = milliseconds(*object, "l"); lag && from != nullptr)
                from->attributes().set(timesync_lag, *lag);
        }
    }
    return Decision::allow();
}

Extension::Verdict Timesync::replying(Session*, MessageReply& reply)
{
    if (!reply.ext)
        return Verdict::keep;
    for (auto& [member, text] : *reply.ext) {
        if (member != name)
            continue;
        auto answer = json::parse(text).as_object();
        auto const stay = milliseconds(clock_) - answer.at("ts").as_int64();
        answer["p"] = std::max<std::int64_t>(stay, 0); // somebody may have set the clock
        text = to_json(answer);
    }
    return Verdict::keep;
}

} // namespace bayeux::extensions
