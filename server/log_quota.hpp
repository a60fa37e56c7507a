#pragma once

#include "bayeux/time.hpp"

#include <cstddef>

namespace bayeux::server {

/// Bounds how many lines are logged about what clients do, since a hostile one must not fill the
/// disk: so many per minute, counted from the first.
class LogQuota {
public:
    static constexpr std::size_t lines = 100;
    static constexpr Duration period{60'000};

    enum class Verdict {
        log,
        log_as_last, ///< and say that the period's further lines are left out
        drop
    };

    Verdict take(Instant now)
    {
        if (now >= end_) {
            end_ = now + period;
            taken_ = 0;
        }
        if (taken_ == lines)
            return Verdict::drop;
        return ++taken_ == lines ? Verdict::log_as_last : Verdict::log;
    }

private:
    Instant end_{};
    std::size_t taken_ = 0;
};

} // namespace bayeux::server
