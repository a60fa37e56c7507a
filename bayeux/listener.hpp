#pragma once

#include "bayeux/frozen_message.hpp"
#include "bayeux/message.hpp"
#include "bayeux/options.hpp"
#include "bayeux/session.hpp"

namespace bayeux {

class Channel;

/// Told what happens in the engine; each event exactly once. What throws is logged. Engine thread.
class Listener {
public:
    virtual ~Listener() = default;

    /// After a granted handshake, before its reply.
    virtual void session_added(Session&, Message const& /*handshake*/) {}
    /// There is no room for `message`. What this returns is done; `policy` is what the options, or
    /// the listener before, say.
    virtual QueuePolicy queue_full(Session&, FrozenMessage const& /*message*/, QueuePolicy policy)
    {
        return policy;
    }
    /// Its subscriptions are still there; unsubscribed() follows for each (wire-behaviour 7.1).
    virtual void session_removed(Session&, Removal) {}
    virtual void subscribed(Session&, Channel&) {}
    virtual void unsubscribed(Session&, Channel&) {}
    /// Before anybody else sees it: the place to give a channel listeners and authorizers.
    virtual void channel_added(Channel&) {}
    virtual void channel_removed(Channel&) {}
};

} // namespace bayeux
