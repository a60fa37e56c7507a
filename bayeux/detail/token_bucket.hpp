#pragma once

#include "bayeux/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bayeux::detail {

/// How often something may be done, counted over a window: so much of it may also come at once.
class Rate {
public:
    static constexpr std::chrono::seconds window{10};

    /// 0: any number.
    explicit Rate(std::size_t per_second)
        : period_(per_second == 0 ? 0 : one_second / static_cast<std::int64_t>(per_second))
    {}
    bool is_limited() const { return period_ > 0; }

private:
    friend class TokenBucket;
    static constexpr std::int64_t one_second = 1'000'000'000;

    std::int64_t period_; ///< ns from one to the next
};

/// Who keeps to a Rate, in one number: the time when all of the window is free again, which each
/// token moves on by a period (the generic cell rate algorithm).
class TokenBucket {
public:
    /// `rate` is limited, and always the same. False: it is too early.
    bool take(Rate const& rate, Instant now) { return take(rate, now, 1) == 1; }

    /// As many tokens as there are, `wanted` at most.
    std::size_t take(Rate const& rate, Instant now, std::size_t wanted)
    {
        auto const present = nanoseconds(now.time_since_epoch());
        auto const from = std::max(full_at_, present);
        auto const room = present + nanoseconds(Rate::window) - from;
        if (room < rate.period_)
            return 0;
        auto const taken =
            wanted == 1 ? 1 : std::min(static_cast<std::int64_t>(wanted), room / rate.period_);
        full_at_ = from + taken * rate.period_;
        return static_cast<std::size_t>(taken);
    }

    bool is_full(Instant now) const { return full_at_ <= nanoseconds(now.time_since_epoch()); }

private:
    template <class Time>
    static constexpr std::int64_t nanoseconds(Time time)
    {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
    }

    std::int64_t full_at_ = 0;
};

} // namespace bayeux::detail
