#pragma once

#include "bayeux/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bayeux::detail {

/// What clients may reach, by the name of its option, and what else is refused.
enum class Limit : std::uint8_t {
    batch,
    channels,
    subscriptions,
    sessions,
    sessions_per_address,
    handshake_rate_per_address,
    message_rate,
    message_rate_per_address,
    total_queue_bytes,
    queue,           ///< max_queue and max_queue_bytes: the session ends
    queue_policy,    ///< the same: messages are dropped
    names,           ///< no names of channels, or ids of messages
    handshake_alone, ///< a handshake is the only message of its batch
    unknown_session,
    denied, ///< by a policy, an authorizer, an extension or a listener
    count_
};

/// Says when the log is to tell that a limit is reached: each at most once a minute, so that those
/// who reach it all the time do not hide the others.
class LimitWarnings {
public:
    static constexpr Duration quiet{60'000};

    /// How often `limit` has been reached since it was told last, this time included; none when
    /// that was just now.
    std::optional<std::uint64_t> reached(Limit limit, Instant now)
    {
        auto& entry = entries_[static_cast<std::size_t>(limit)];
        ++entry.untold;
        if (entry.told && now < *entry.told + quiet)
            return std::nullopt;
        entry.told = now;
        auto const times = entry.untold;
        entry.untold = 0;
        return times;
    }

private:
    struct Entry {
        std::optional<Instant> told;
        std::uint64_t untold = 0;
    };
    std::array<Entry, static_cast<std::size_t>(Limit::count_)> entries_;
};

} // namespace bayeux::detail
