#include "bayeux/detail/core.hpp"

namespace bayeux::detail {
namespace {

/// Three sweeps in a row must find a channel idle (wire-behaviour 6.4).
constexpr int sweeps_of_grace = 3;

} // namespace

ChannelState& Core::channel(std::string_view name, ChannelInitialiser const& initialise)
{
    auto* const known = channels_.find(name);
    return known != nullptr ? *known : create_channel(name, initialise);
}

ChannelState& Core::create_channel(std::string_view name, ChannelInitialiser const& initialise)
{
    auto& created = channels_.create(*this, name);
    try {
        if (initialise)
            initialise(created);
    } catch (...) {
        channels_.erase(created); // it may lack its authorizers
        throw;
    }
    notify(created.name, [&](Listener& listener) { listener.channel_added(created); });
    watch_if_idle(created);
    return created;
}

void Core::use(ChannelState& channel)
{
    if (channel.armed())
        channel.last_used = now_;
}

void Core::watch_if_idle(ChannelState& channel)
{
    if (!channel.idle())
        return;
    channel.last_used = now_;
    if (!channel.armed())
        wheel_.arm(channel, now_ + sweeps_of_grace * options_.sweep_period);
}

void Core::sweep(ChannelState& channel)
{
    if (!channel.idle())
        return;
    auto const end = channel.last_used + sweeps_of_grace * options_.sweep_period;
    if (end > now_) {
        wheel_.arm(channel, end);
        return;
    }
    remove_channel(channel);
}

void Core::remove_channel(ChannelState& channel)
{
    while (!channel.subscribers.empty()) {
        auto const& subscriber = channel.subscribers.back();
        end_subscription(*subscriber.session, subscriber.position, nullptr);
    }
    notify(channel.name, [&](Listener& listener) { listener.channel_removed(channel); });
    wheel_.cancel(channel);
    channels_.erase(channel);
}

std::optional<std::size_t> Core::subscription_of(
    SessionState const& session, ChannelState const& channel)
{
    // Both sides know; the shorter list is searched, so that long ones cost nothing.
    if (channel.subscribers.size() < session.subscriptions.size()) {
        for (auto const& subscriber : channel.subscribers)
            if (subscriber.session == &session)
                return subscriber.position;
        return std::nullopt;
    }
    for (std::size_t at = 0; at < session.subscriptions.size(); ++at)
        if (session.subscriptions[at].channel == &channel)
            return at;
    return std::nullopt;
}

bool Core::subscribe(SessionState& session, ChannelState& channel, Message const* message)
{
    if (subscription_of(session, channel))
        return true;
    if (session.subscriptions.size() >= options_.max_subscriptions) {
        note_limit(Limit::subscriptions, statistics_.subscriptions_refused, session.peer);
        return false;
    }
    auto const in_session = static_cast<std::uint32_t>(session.subscriptions.size());
    auto const in_channel = static_cast<std::uint32_t>(channel.subscribers.size());
    session.subscriptions.push_back({&channel, in_channel});
    channel.subscribers.push_back({&session, in_session});
    notify(
        channel.name, [&](Listener& listener) { listener.subscribed(session, channel, message); });
    return true;
}

void Core::unsubscribe(SessionState& session, ChannelState& channel, Message const* message)
{
    if (auto const position = subscription_of(session, channel))
        end_subscription(session, *position, message);
}

/// Takes both sides out; the last of each list moves to the free place.
void Core::end_subscription(SessionState& session, std::size_t position, Message const* message)
{
    auto const ended = session.subscriptions[position];
    auto& channel = *ended.channel;

    session.subscriptions[position] = session.subscriptions.back();
    auto const& moved = session.subscriptions[position];
    moved.channel->subscribers[moved.position].position = static_cast<std::uint32_t>(position);
    session.subscriptions.pop_back();

    channel.subscribers[ended.position] = channel.subscribers.back();
    auto const& subscriber = channel.subscribers[ended.position];
    if (subscriber.session != &session)
        subscriber.session->subscriptions[subscriber.position].position = ended.position;
    channel.subscribers.pop_back();

    notify(channel.name,
        [&](Listener& listener) { listener.unsubscribed(session, channel, message); });
    watch_if_idle(channel);
}

} // namespace bayeux::detail
