#pragma once

#include "bayeux/frozen_message.hpp"

#include <cstddef>
#include <vector>

namespace bayeux::detail {

/// What waits for a session's client, oldest first. Empty it has no heap.
class MessageQueue {
public:
    bool empty() const { return size() == 0; }
    std::size_t size() const { return messages_.size() - dropped_; }
    std::size_t bytes() const { return bytes_; }

    /// Returns it at its place.
    FrozenMessage const& push(FrozenMessage message);
    /// What was on its way and has come back: in front of the rest, and behind what came back
    /// before.
    void put_back(std::vector<FrozenMessage> messages);
    void drop_oldest();
    /// All of it; leaves the queue empty.
    std::vector<FrozenMessage> take();

private:
    std::vector<FrozenMessage> messages_;
    std::size_t dropped_ = 0;  ///< how many in front are empty places
    std::size_t returned_ = 0; ///< how many behind them have come back
    std::size_t bytes_ = 0;
};

} // namespace bayeux::detail
