#pragma once

#include <chrono>

namespace bayeux {

/// All durations of the protocol are milliseconds (advice.timeout, advice.interval, options).
using Duration = std::chrono::milliseconds;

/// A point on the caller's monotonic clock. The engine never asks for the time: it is told.
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;

} // namespace bayeux
