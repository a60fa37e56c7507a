#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bayeux::server {

/// What was refused before the engine saw it, by the answer: a status of HTTP or a close code of
/// WebSocket. Counts for all loops, and has each kind logged once a minute at most, as a warning.
/// Any thread.
class Refusals {
public:
    /// `peer`: "address:port".
    void note(unsigned code, std::string_view peer);
    std::uint64_t count(unsigned code) const;

private:
    static constexpr std::size_t kinds = 14;
    static std::size_t kind_of(unsigned code);

    struct Entry {
        std::atomic<std::uint64_t> count{0};
        std::atomic<std::int64_t> quiet_until{0}; ///< ms of the steady clock
    };
    std::array<Entry, kinds> entries_;
};

} // namespace bayeux::server
