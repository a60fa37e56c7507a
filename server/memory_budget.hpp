#pragma once

#include <atomic>
#include <cstddef>

namespace bayeux::server {

/// The memory that clients make the server keep: the engine's queues, what connections have not
/// sent yet, and what they have received of requests that are not complete. One for all loops. Any
/// thread.
class MemoryBudget {
public:
    explicit MemoryBudget(std::size_t limit) : limit_(limit) {}

    /// A connection kept `before` bytes, and keeps `now` of them.
    void change(std::size_t before, std::size_t now)
    {
        connections_.fetch_add(now - before, std::memory_order_relaxed);
    }
    void set_queues(std::size_t bytes) { queues_.store(bytes, std::memory_order_relaxed); }

    /// Of all connections.
    std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }
    bool is_exceeded() const { return used() > limit_; }
    /// Connections shall be ended until this is false.
    bool is_tight() const { return used() > limit_ / 10 * 8; }

    /// So little that it is not the cause when memory ends: all loops may keep as much.
    bool is_little(std::size_t bytes) const { return bytes <= limit_ / 20; }

private:
    std::size_t used() const { return connections() + queues_.load(std::memory_order_relaxed); }

    std::size_t limit_;
    std::atomic<std::size_t> connections_{0};
    std::atomic<std::size_t> queues_{0};
};

} // namespace bayeux::server
