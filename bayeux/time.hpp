#pragma once

#include <chrono>
#include <functional>

namespace bayeux {

/// All durations of the protocol are milliseconds (advice.timeout, advice.interval, options).
using Duration = std::chrono::milliseconds;

/// The time of day in UTC. Like all clocks it belongs to the caller: what needs one is given it.
using WallClock = std::function<std::chrono::sys_time<Duration>()>;

/// A point on the caller's monotonic clock. The engine never asks for the time: it is told.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

} // namespace bayeux
