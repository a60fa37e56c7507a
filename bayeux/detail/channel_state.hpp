#pragma once

#include "bayeux/channel.hpp"
#include "bayeux/detail/timer_wheel.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bayeux::detail {

class Core;
struct SessionState;

struct Subscriber {
    SessionState* session;
    std::uint32_t position; ///< in SessionState::subscriptions
};

struct OwnedListener {
    std::string owner; ///< for logs
    MessageListener call;
    std::uint64_t number; ///< of all listeners, each has its own
};

/// As a Deadline: the next look whether it may be swept; armed while idle.
struct ChannelState final : Channel, Deadline {
    ChannelState(Core& owner, std::string channel_name)
        : Deadline(Kind::channel), core(owner), name(std::move(channel_name))
    {}

    /// Nothing holds it: it may be swept.
    bool idle() const
    {
        return !persistent && subscribers.empty() && listeners.empty() && authorizers.empty();
    }

    Core& core;
    std::string name;
    bool persistent = false;
    bool broadcast_to_publisher = true;
    bool lazy = false;
    std::optional<Duration> lazy_timeout; ///< instead of the options'
    std::vector<Subscriber> subscribers;
    std::list<OwnedListener> listeners;     ///< stable while a listener adds another
    std::list<Authorizer> authorizers;      ///< as well
    Instant last_used{};                    ///< while idle
    std::unique_ptr<Attributes> attributes; ///< null until somebody asks for them

    // The wild channels that match this one, `/**` first; valid for one generation of wild
    // channels.
    std::vector<ChannelState*> wild_matches;
    std::uint64_t wild_generation = 0;
};

inline ChannelState& state_of(Channel& channel)
{
    return static_cast<ChannelState&>(channel);
}

} // namespace bayeux::detail
