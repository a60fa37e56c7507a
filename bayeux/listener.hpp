#pragma once

#include "bayeux/message.hpp"
#include "bayeux/session.hpp"

namespace bayeux {

class Channel;

/// Told what happens in the engine; each event exactly once. What throws is logged. Engine thread.
class Listener {
public:
    virtual ~Listener() = default;

    /// After a granted handshake, before its reply.
    virtual void session_added(Session&, Message const& /*handshake*/) {}
    /// Its subscriptions are still there; unsubscribed() follows for each (wire-behaviour 7.1).
    /// `message`: the client's /meta/disconnect, if that is what ended it.
    virtual void session_removed(Session&, Removal, Message const* /*message*/) {}
    /// `message`: the client's /meta/subscribe or /meta/unsubscribe; null when it was the server
    /// (Session::subscribe(), Channel::remove()) or the session's end.
    virtual void subscribed(Session&, Channel&, Message const* /*message*/) {}
    virtual void unsubscribed(Session&, Channel&, Message const* /*message*/) {}
    /// Before anybody else sees it: the place to give a channel listeners and authorizers. Called
    /// at once, also from inside the handler that makes the channel.
    virtual void channel_added(Channel&) {}
    virtual void channel_removed(Channel&) {}
};

} // namespace bayeux
