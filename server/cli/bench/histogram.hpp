#pragma once

#include "server/cli/bench/clock.hpp"

#include <cstdint>
#include <vector>

namespace bayeux::cli {

/// Counts durations in memory that does not grow: buckets get wider with what they hold, as in an
/// HDR histogram, so that a percentile is too high by at most 1.6 %. What is longer than 60 s
/// counts as 60 s.
class Histogram {
public:
    Histogram();

    void record(Time duration);
    void clear();

    std::uint64_t count() const { return count_; }
    Time max() const { return max_; }

    /// The duration that this share of all does not exceed, 0 when there is none.
    /// @param share 0.99 is the 99th percentile
    Time percentile(double share) const;

private:
    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    Time max_ = 0;
};

} // namespace bayeux::cli
