#pragma once

#include <cstdint>
#include <ctime>

namespace bayeux::cli {

/// Nanoseconds: of the monotonic clock, or a duration.
using Time = std::int64_t;

constexpr Time microsecond = 1'000;
constexpr Time millisecond = 1'000'000;
constexpr Time second = 1'000'000'000;

inline Time read_clock(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return time.tv_sec * second + time.tv_nsec;
}

inline Time now()
{
    return read_clock(CLOCK_MONOTONIC);
}

} // namespace bayeux::cli
