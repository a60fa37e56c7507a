#pragma once

#include "bayeux/channel.hpp"
#include "bayeux/extension.hpp"
#include "bayeux/listener.hpp"
#include "bayeux/security_policy.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Handlers whose behaviour a test writes down where it uses it; what it leaves out behaves as the
/// base class does.
namespace bayeux::testing {

struct ScriptedPolicy : SecurityPolicy {
    using Question = std::function<Decision(std::string_view channel, Pending)>;

    std::function<Decision(Session&, MessageReply&, Pending)> handshake;
    Question create;
    Question subscribe;
    Question publish;

    Decision may_handshake(Session& session, Request const& request, Message const& message,
        MessageReply& reply, Pending pending) override
    {
        return handshake ? handshake(session, reply, pending)
                         : SecurityPolicy::may_handshake(session, request, message, reply, pending);
    }
    Decision may_create(Session const& session, std::string_view channel, Message const& message,
        Pending pending) override
    {
        return create ? create(channel, pending)
                      : SecurityPolicy::may_create(session, channel, message, pending);
    }
    Decision may_subscribe(Session const& session, std::string_view channel, Message const& message,
        Pending pending) override
    {
        return subscribe ? subscribe(channel, pending)
                         : SecurityPolicy::may_subscribe(session, channel, message, pending);
    }
    Decision may_publish(Session const& session, std::string_view channel, Message const& message,
        Pending pending) override
    {
        return publish ? publish(channel, pending)
                       : SecurityPolicy::may_publish(session, channel, message, pending);
    }
};

struct ScriptedExtension : Extension {
    std::function<Decision(Session*, Message&, MessageReply&, Pending)> on_incoming;
    std::function<Verdict(Session*, MessageReply&)> on_replying;
    std::function<Verdict(Session*, Message&)> on_publishing;
    std::function<Verdict(Session&, FrozenMessage&)> on_delivering;

    Decision incoming(
        Session* from, Message& message, MessageReply& reply, Pending pending) override
    {
        return on_incoming ? on_incoming(from, message, reply, pending) : Decision::allow();
    }
    Verdict replying(Session* to, MessageReply& reply) override
    {
        return on_replying ? on_replying(to, reply) : Verdict::keep;
    }
    Verdict publishing(Session* from, Message& message) override
    {
        return on_publishing ? on_publishing(from, message) : Verdict::keep;
    }
    Verdict delivering(Session& to, FrozenMessage& message) override
    {
        return on_delivering ? on_delivering(to, message) : Verdict::keep;
    }
};

/// Writes down what it is told, a line for each event.
struct Recorder : Listener {
    std::vector<std::string> lines;
    /// Called for each event with its line.
    std::function<void(Session&, std::string const& line)> on_session;

    void session_added(Session& session, Message const&) override { note(session, "added"); }
    void session_removed(Session& session, Removal why, Message const*) override
    {
        constexpr std::string_view names[] = {
            "disconnected", "expired", "by server", "queue full", "shutdown"};
        note(session, std::string("removed ").append(names[static_cast<std::size_t>(why)]));
    }
    void subscribed(Session& session, Channel& channel, Message const*) override
    {
        note(session, "subscribed " + channel.name());
    }
    void unsubscribed(Session& session, Channel& channel, Message const*) override
    {
        note(session, "unsubscribed " + channel.name());
    }
    void channel_added(Channel& channel) override
    {
        lines.push_back("channel added " + channel.name());
    }
    void channel_removed(Channel& channel) override
    {
        lines.push_back("channel removed " + channel.name());
    }

private:
    void note(Session& session, std::string line)
    {
        lines.push_back(line);
        if (on_session)
            on_session(session, line);
    }
};

/// A listener that leaves the message alone, for tests that want to see what it is given.
inline MessageListener seeing(std::function<void(Session*, Channel&, Message&)> see)
{
    return [see = std::move(see)](Incoming& in) {
        see(in.from, in.channel, in.message);
        return Decision::allow();
    };
}

} // namespace bayeux::testing
