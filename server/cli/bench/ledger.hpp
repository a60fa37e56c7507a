#pragma once

#include "server/cli/bench/marker.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <vector>

namespace bayeux::cli {

/// Proves what became of messages: it numbers those of a room as they are published, and checks
/// that each subscriber of the room gets each number once, those of one publisher in their order.
/// (Messages of two publishers may overtake each other on their way to the server.)
class Ledger {
public:
    /// Number i subscribes to `rooms`.
    void subscribe(std::uint32_t subscriber, std::span<std::uint32_t const> rooms);

    /// Numbers a message.
    Marker publish(std::uint32_t room, std::uint32_t publisher, Time due, Time wait);

    /// Counts one that has come.
    /// @return whether it is the first time
    bool deliver(std::uint32_t subscriber, Marker const& marker);

    std::uint64_t expected() const { return expected_; }   ///< deliveries
    std::uint64_t delivered() const { return delivered_; } ///< each counted once
    std::uint64_t lost() const { return expected_ - delivered_; }
    std::uint64_t doubled() const { return doubled_; }
    std::uint64_t out_of_order() const { return out_of_order_; }
    /// To subscribers that have none such, or with numbers that were never given.
    std::uint64_t unexpected() const { return unexpected_; }
    bool complete() const { return expected_ == delivered_; }

private:
    /// So many numbers after one that is missing are told apart.
    static constexpr std::size_t window = 256;

    struct Room {
        std::uint32_t members = 0;
        std::uint64_t published = 0;
        std::array<std::uint32_t, window> publishers{}; // of the last numbers
    };

    struct Subscription {
        std::uint32_t room = 0;
        std::uint64_t next = 0;     // all below have come, or are so old that they count as lost
        std::bitset<window> beyond; // of next and those above
    };

    static bool overtaken(Subscription const& subscription, Room const& room, Marker const& marker);

    std::vector<Room> rooms_;
    std::vector<std::vector<Subscription>> subscribers_;
    std::uint64_t expected_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t doubled_ = 0;
    std::uint64_t out_of_order_ = 0;
    std::uint64_t unexpected_ = 0;
};

} // namespace bayeux::cli
