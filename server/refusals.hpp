#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bayeux::server {

/// Why a connection was cut off, without an answer that nobody would read.
enum class Cut : unsigned {
    unread, ///< its client has not read for Options::request_timeout
    memory, ///< it kept most when EngineOptions::max_total_queue_bytes was used up
    count_
};

/// What was refused before the engine saw it, by the answer: a status of HTTP or a close code of
/// WebSocket; connections that were cut off, or had to wait. Counts for all loops, and has each
/// kind logged once a minute at most, as a warning. A file that is not there (404) is no refusal.
/// Any thread.
class Refusals {
public:
    /// `peer`: "address:port".
    void note(unsigned code, std::string_view peer);
    void note(Cut why, std::string_view peer);
    /// No connections are accepted for a while.
    void note_pause(std::string_view why);
    std::uint64_t count(unsigned code) const;
    std::uint64_t count(Cut why) const;
    std::uint64_t pauses() const { return pauses_.count.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t kinds = 17;
    static std::size_t kind_of(unsigned code);

    struct Entry {
        std::atomic<std::uint64_t> count{0};
        std::atomic<std::int64_t> quiet_until{0}; ///< ms of the steady clock
    };
    /// The new count when it is to be logged, else 0.
    static std::uint64_t add(Entry& entry);

    std::array<Entry, kinds> entries_;
    std::array<Entry, static_cast<std::size_t>(Cut::count_)> cuts_;
    Entry pauses_;
};

} // namespace bayeux::server
