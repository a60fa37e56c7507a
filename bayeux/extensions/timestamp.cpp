#include "bayeux/extensions/timestamp.hpp"

#include <array>
#include <cstdio>

namespace bayeux::extensions {
namespace {

constexpr std::string_view name = "timestamp";

constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string json_text(WallClock const& clock)
{
    return '"' + timestamp_text(clock()) + '"';
}

} // namespace

std::string timestamp_text(std::chrono::sys_time<Duration> time)
{
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date(day);
    std::chrono::hh_mm_ss const clock(std::chrono::floor<std::chrono::seconds>(time - day));
    std::array<char, 64> text{};
    auto const length = std::snprintf(text.data(), text.size(), "%s %s %02u %02d:%02d:%02d UTC %d",
        weekdays.at(std::chrono::weekday(day).c_encoding()),
        months.at(static_cast<unsigned>(date.month()) - 1), static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()), static_cast<int>(date.year()));
    return {text.data(), static_cast<std::size_t>(length)};
}

Extension::Verdict Timestamp::replying(Session*, MessageReply& reply)
{
    reply.set_member(name, json_text(clock_));
    return Verdict::keep;
}

Extension::Verdict Timestamp::publishing(Session*, Message& message)
{
    message.set_member(name, json_text(clock_));
    return Verdict::keep;
}

Extension::Verdict Timestamp::delivering(Session&, FrozenMessage& message)
{
    message = with_member(*message, name, json_text(clock_));
    return Verdict::keep;
}

} // namespace bayeux::extensions
