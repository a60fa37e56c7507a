#include "bayeux/detail/handshake_damper.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::detail {
namespace {

/// What may happen to an impatient user, or to a test.
constexpr std::uint32_t free_strikes = 10;
constexpr Duration forget_one_after{5'000};
constexpr Duration first_wait{250};
constexpr Duration longest_wait{10'000};
/// Above it all are forgotten: who still loops is found again at once.
constexpr std::size_t max_entries = 10'000;

} // namespace

HandshakeDamper::Entry& HandshakeDamper::entry(std::string_view who, Instant now)
{
    auto found = entries_.find(who);
    if (found == entries_.end()) {
        if (entries_.size() >= max_entries)
            entries_.clear();
        found = entries_.try_emplace(std::string(who)).first;
        found->second.counted = now;
    }
    auto& entry = found->second;
    auto const forgotten = static_cast<std::uint32_t>((now - entry.counted) / forget_one_after);
    entry.strikes -= std::min(entry.strikes, forgotten);
    entry.counted += forget_one_after * static_cast<Duration::rep>(forgotten);
    entry.told = entry.told && entry.strikes > 0;
    return entry;
}

HandshakeDamper::Verdict HandshakeDamper::begins(std::string_view who, Instant now)
{
    if (std::exchange(entry(who, now).unused, true))
        return strike(who, now);
    return {};
}

void HandshakeDamper::uses(std::string_view who)
{
    auto const found = entries_.find(who);
    if (found == entries_.end())
        return;
    found->second.unused = false;
    if (found->second.strikes == 0)
        entries_.erase(found);
}

void HandshakeDamper::leaves(std::string_view who, Instant now)
{
    entry(who, now).unused = true;
}

HandshakeDamper::Verdict HandshakeDamper::strike(std::string_view who, Instant now)
{
    auto& struck = entry(who, now);
    if (++struck.strikes <= free_strikes)
        return {};
    auto wait = first_wait;
    for (auto above = struck.strikes - free_strikes; above > 1 && wait < longest_wait; --above)
        wait *= 2;
    return {std::min(wait, longest_wait), !std::exchange(struck.told, true)};
}

} // namespace bayeux::detail
