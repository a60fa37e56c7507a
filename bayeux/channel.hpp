#pragma once

#include "bayeux/decision.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace bayeux {

class Channel;
class Session;

/// Called for each message on a channel, or on what a wild channel matches, before anything is done
/// with it; on /meta/ channels too. `from` is null for what the server publishes. A denial stops
/// the message (wire-behaviour 2, step 10); an exception is logged and counts as "go on".
using MessageListener =
    std::function<Decision(Session* from, Channel&, Message&, MessageReply&, Pending)>;

enum class Operation { create, subscribe, publish };

/// An authorizer's word on one operation (wire-behaviour 8.2).
class Authorization {
public:
    static Authorization grant() { return Authorization(Kind::grant, {}); }
    static Authorization ignore() { return Authorization(Kind::ignore, {}); }
    static Authorization deny(std::string reason)
    {
        return Authorization(Kind::deny, std::move(reason));
    }
    bool granted() const { return kind_ == Kind::grant; }
    bool denied() const { return kind_ == Kind::deny; }
    std::string const& reason() const { return reason_; }

private:
    enum class Kind { grant, ignore, deny };
    Authorization(Kind kind, std::string reason) : kind_(kind), reason_(std::move(reason)) {}

    Kind kind_;
    std::string reason_;
};

/// Asked after the security policy, for the target channel and every wild channel that matches it.
/// Where there is any authorizer, one of them must grant and none may deny.
using Authorizer = std::function<Authorization(
    Operation, std::string_view channel, Session const&, Message const&)>;

/// A channel. Owned by the engine; it lives while it has subscribers, listeners or authorizers, or
/// is persistent, and is swept when it has been idle for three sweeps. Engine thread.
class Channel {
public:
    Channel(Channel const&) = delete;
    Channel& operator=(Channel const&) = delete;

    std::string const& name() const;
    std::size_t subscriber_count() const;

    /// `owner` names the listener in logs.
    void add_listener(std::string owner, MessageListener listener);
    void add_authorizer(Authorizer authorizer);
    void set_persistent();
    /// Its messages may wait for others, see Message::lazy(); no longer than `timeout` when that is
    /// given. A wild channel makes those lazy that it matches.
    void set_lazy(std::optional<Duration> timeout = std::nullopt);
    void set_prompt();
    bool lazy() const;
    /// False: a publisher who is subscribed gets no copy by this channel.
    void set_broadcast_to_publisher(bool value);

protected:
    Channel() = default;
    ~Channel() = default;
};

} // namespace bayeux
