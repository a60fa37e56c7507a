#pragma once

#include "bayeux/frozen_message.hpp"

#include <cstddef>

namespace bayeux::detail {

/// The memory of all messages that wait for clients, or for their acknowledgement: each counts
/// once, however many it waits for, and so does each of its places in a queue.
class Backlog {
public:
    void add(FrozenMessage const& message)
    {
        bytes_ += sizeof(FrozenMessage);
        if (message->places.count++ == 0)
            bytes_ += size_of(*message);
    }
    void remove(FrozenMessage const& message)
    {
        bytes_ -= sizeof(FrozenMessage);
        if (--message->places.count == 0)
            bytes_ -= size_of(*message);
    }
    std::size_t bytes() const { return bytes_; }

private:
    static std::size_t size_of(Frozen const& message)
    {
        return sizeof(Frozen) + message.channel.size() + message.json.size();
    }

    std::size_t bytes_ = 0;
};

} // namespace bayeux::detail
