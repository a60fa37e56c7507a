#pragma once

#include "bayeux/channel_name.hpp"
#include "bayeux/decision.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"
#include "bayeux/request.hpp"
#include "bayeux/session.hpp"

namespace bayeux {

/// The four questions asked of every message from the wire (wire-behaviour 8.1), and the default
/// answers: anybody may handshake, nobody may create, subscribe or publish to /meta/ channels.
/// Each may be answered later; what it was asked with is not there any more then, see
/// Decision::later(). What throws counts as a denial. Engine thread.
class SecurityPolicy {
public:
    virtual ~SecurityPolicy() = default;

    /// On denial `reply` may have been given its own advice or members; a reason of the denial's
    /// own is told to the client.
    virtual Decision may_handshake(
        Session&, Request const&, Message const&, MessageReply& /*reply*/, Pending)
    {
        return Decision::allow();
    }
    virtual Decision may_create(Session const&, std::string_view channel, Message const&, Pending)
    {
        return is_meta(channel) ? Decision::deny() : Decision::allow();
    }
    virtual Decision may_subscribe(
        Session const&, std::string_view channel, Message const&, Pending)
    {
        return is_meta(channel) ? Decision::deny() : Decision::allow();
    }
    virtual Decision may_publish(Session const&, std::string_view channel, Message const&, Pending)
    {
        return is_meta(channel) ? Decision::deny() : Decision::allow();
    }
};

} // namespace bayeux
