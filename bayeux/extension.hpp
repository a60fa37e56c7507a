#pragma once

#include "bayeux/decision.hpp"
#include "bayeux/frozen_message.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"

namespace bayeux {

class Session;

/// Sees and may change or drop what passes: for the whole server (Engine::add_extension) or for one
/// session (Session::add_extension). Those of the server come first; on the way in each in the
/// order they were added, on the way out the last one first (wire-behaviour 2 and 13). What throws
/// counts as "go on" and is logged. References are good until the call returns, also where it
/// answers Decision::later(). Engine thread.
class Extension {
public:
    virtual ~Extension() = default;

    enum class Verdict { keep, drop };

    /// A message came from a client, before any of it is acted upon; `from` is null for an unknown
    /// session, and the session to be for a handshake. A denial is answered with
    /// `404::message_deleted`, or with what is in `reply` when the extension sets `reply.handled`.
    virtual Decision incoming(
        Session* /*from*/, Message& /*message*/, MessageReply& /*reply*/, Pending)
    {
        return Decision::allow();
    }
    /// A reply goes to its client (null: no session); a dropped one is not sent at all.
    virtual Verdict replying(Session* /*to*/, MessageReply& /*reply*/) { return Verdict::keep; }
    /// Server extensions: a message is about to be broadcast, before it is serialised.
    virtual Verdict publishing(Session* /*from*/, Message& /*message*/) { return Verdict::keep; }
    /// Session extensions: a message is about to enter this session's queue. Server extensions: the
    /// same, of messages for this session alone (Session::deliver); broadcasts were theirs to see
    /// when they were published. The extension may put another one in its place.
    virtual Verdict delivering(Session& /*to*/, FrozenMessage& /*message*/)
    {
        return Verdict::keep;
    }
};

} // namespace bayeux
