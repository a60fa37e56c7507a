#include "server/cli/bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bayeux::cli {
namespace {

constexpr unsigned bits = 6; // each power of two has as many buckets as this power of two
constexpr std::uint64_t per_octave = 1U << bits;
constexpr Time longest = 60 * second;

std::size_t bucket_of(Time duration)
{
    auto const value = static_cast<std::uint64_t>(duration);
    if (value < per_octave) {
        return value;
    }
    auto const shift = static_cast<unsigned>(std::bit_width(value)) - bits - 1;
    return shift * per_octave + (value >> shift);
}

/// The longest duration that the bucket counts.
Time upper_bound(std::size_t bucket)
{
    if (bucket < per_octave) {
        return static_cast<Time>(bucket);
    }
    auto const shift = bucket / per_octave - 1;
    auto const first = per_octave + bucket % per_octave;
    return static_cast<Time>(((first + 1) << shift) - 1);
}

} // namespace

Histogram::Histogram() : buckets_(bucket_of(longest) + 1) {}

void Histogram::record(Time duration)
{
    duration = std::clamp<Time>(duration, 0, longest);
    ++buckets_[bucket_of(duration)];
    ++count_;
    max_ = std::max(max_, duration);
}

void Histogram::clear()
{
    *this = Histogram();
}

Time Histogram::percentile(double share) const
{
    auto const wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen >= wanted && seen > 0) {
            return std::min(upper_bound(bucket), max_);
        }
    }
    return 0;
}

} // namespace bayeux::cli
