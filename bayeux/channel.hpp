#pragma once

#include "bayeux/attributes.hpp"
#include "bayeux/channel_template.hpp"
#include "bayeux/decision.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

class Channel;
class Session;

/// A message on its way, as a listener gets it. Valid during the call; who keeps something copies
/// the message, the session's id, `pending` and the parameters.
struct Incoming {
    Session* from;    ///< null for what the server publishes
    Channel& channel; ///< the listener's; message.channel() is where the message goes
    Message& message;
    MessageReply& reply; ///< to the sender; with a veto of its own the listener sets `handled`
    Pending pending;     ///< names the question when the answer is Decision::later()
    Parameters parameters = {}; ///< of the template that a service listens to

    /// Services get messages of clients alone, so that there is one.
    Session& sender() const { return *from; }
};

/// Called for each message on a channel, or on what a wild channel matches, before anything is done
/// with it; on /meta/ channels too. A denial stops the message (wire-behaviour 2, step 10). Of what
/// it throws BadMessage (fields.hpp) is a denial that tells the sender why; anything else is logged
/// and counts as "go on".
using MessageListener = std::function<Decision(Incoming&)>;

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

/// Grants these operations to everybody and says nothing of others. With none it closes a channel,
/// `/**` for instance, but for what other authorizers grant.
Authorizer grant(std::vector<Operation> operations);

/// A channel. Owned by the engine; it lives while it has subscribers, listeners or authorizers, or
/// is persistent, and is swept when it has been idle for three sweeps. Engine thread.
class Channel {
public:
    Channel(Channel const&) = delete;
    Channel& operator=(Channel const&) = delete;

    std::string const& name() const;
    std::size_t subscriber_count() const;
    /// Valid as the sessions are.
    std::vector<Session*> subscribers() const;
    Attributes& attributes();
    Attributes const& attributes() const;

    /// `owner` names the listener in logs.
    void add_listener(std::string owner, MessageListener listener);
    void add_authorizer(Authorizer authorizer);
    /// It stays when it is idle.
    void set_persistent();
    bool persistent() const;
    /// Its messages may wait for others, see Message::lazy(); no longer than `timeout` when that is
    /// given. A wild channel makes those lazy that it matches.
    void set_lazy(std::optional<Duration> timeout = std::nullopt);
    void set_prompt();
    bool lazy() const;
    /// False: a publisher who is subscribed gets no copy by this channel.
    void set_broadcast_to_publisher(bool value);
    /// Ends its subscriptions, of which clients are told nothing, and the channel with its
    /// listeners and authorizers; carried out as what is asked of a Session. Throws
    /// std::invalid_argument for a /meta/ channel.
    void remove();

protected:
    Channel() = default;
    ~Channel() = default;
};

} // namespace bayeux
