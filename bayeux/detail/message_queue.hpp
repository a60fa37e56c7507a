#pragma once

#include "bayeux/detail/backlog.hpp"
#include "bayeux/frozen_message.hpp"

#include <cstddef>
#include <vector>

namespace bayeux::detail {

/// What waits for a session's client, oldest first. Empty it has room for one message at most.
/// Whatever changes it keeps the engine's Backlog.
class MessageQueue {
public:
    bool empty() const { return size() == 0; }
    std::size_t size() const { return messages_.size() - dropped_; }
    std::size_t bytes() const { return bytes_; }

    /// Returns it at its place.
    FrozenMessage const& push(FrozenMessage&& message, Backlog& backlog);
    /// What was on its way and has come back: in front of the rest, and behind what came back
    /// before.
    void put_back(std::vector<FrozenMessage> messages, Backlog& backlog);
    void drop_oldest(Backlog& backlog);
    /// The oldest that have `most` bytes together, at least one, into `into`, which is empty. When
    /// that is all, they change their memory, so that one message at a time allocates nothing.
    void take(std::vector<FrozenMessage>& into, Backlog& backlog, std::size_t most);
    void clear(Backlog& backlog);

private:
    void take_all(std::vector<FrozenMessage>& into, Backlog& backlog);
    void forget_oldest(std::size_t count);
    void leave(Backlog& backlog) const;
    void reset();

    std::vector<FrozenMessage> messages_;
    std::size_t dropped_ = 0;  ///< how many in front are empty places
    std::size_t returned_ = 0; ///< how many behind them have come back
    std::size_t bytes_ = 0;
};

} // namespace bayeux::detail
