#include "services/monitor.hpp"

#include "bayeux/channel_name.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace bayeux::services {
namespace {

namespace json = boost::json;

constexpr std::string_view sessions_channel = "/monitor/sessions";
constexpr std::string_view channels_channel = "/monitor/channels";

/// What a session is shown as.
struct Shown {
    std::uint64_t number = 0;
    Transport transport = Transport::long_polling;
};
constexpr Attribute<Shown> shown{"monitor.shown"};

std::string_view name_of(Transport transport)
{
    switch (transport) {
    case Transport::long_polling:
        return "long-polling";
    case Transport::callback_polling:
        return "callback-polling";
    case Transport::websocket:
        return "websocket";
    case Transport::eventsource:
        return "eventsource";
    }
    return "";
}

json::object row_of(Channel const& channel)
{
    return {{"channel", channel.name()}, {"subscribers", channel.subscriber_count()}};
}

/// Adds a key while there is room for it, and one more, by which a list is sent instead.
template <class Keys, class Key>
void note(Keys& keys, Key const& key)
{
    if (keys.size() <= Monitor::max_rows)
        keys.insert(key);
}

} // namespace

void Monitor::Options::describe(OptionTable<Options>& table)
{
    table.add(
        "period", &Options::period, "MS", "what has changed is told as often", {10, 3'600'000});
}

Monitor::Monitor(ServiceContext& context, Options options)
    : BayeuxService(context, "monitor"), period_(options.period)
{
    context.channel("/monitor/**").add_authorizer(grant({Operation::create, Operation::subscribe}));
    on_subscribed("/monitor/**", &Monitor::show);
    context.add_delivery_listener(*this);
}

void Monitor::show(Session& to, Channel& channel)
{
    if (!timer_.running())
        timer_ = every(period_, &Monitor::tell_changes);
    if (channel.name() == sessions_channel || is_wild(channel.name()))
        to.deliver(sessions_channel, list_of_sessions());
    if (channel.name() == channels_channel || is_wild(channel.name()))
        to.deliver(channels_channel, list_of_channels());
}

bool Monitor::is_watched()
{
    return std::ranges::any_of(std::initializer_list<std::string_view>{sessions_channel,
                                   channels_channel, "/monitor/*", "/monitor/**"},
        [this](std::string_view name) {
            auto* const channel = context().find_channel(name);
            return channel != nullptr && channel->subscriber_count() > 0;
        });
}

void Monitor::tell_changes()
{
    if (!is_watched())
        timer_.cancel();
    else {
        if (!changed_sessions_.empty() || !gone_sessions_.empty())
            context().publish(sessions_channel, changes_of_sessions());
        if (!changed_channels_.empty())
            context().publish(channels_channel, changes_of_channels());
    }
    changed_sessions_.clear();
    gone_sessions_.clear();
    changed_channels_.clear();
}

void Monitor::session_added(Session& session, Message const&)
{
    session.attributes().set(shown, {++last_number_, session.transport()});
    session_changes(session);
}

void Monitor::held(Session& session, Duration)
{
    auto& transport = session.attributes().get_or_make(shown).transport;
    if (std::exchange(transport, session.transport()) != session.transport())
        session_changes(session);
}

void Monitor::session_removed(Session& session, Removal, Message const*)
{
    if (timer_.running())
        note(gone_sessions_, number_of(session));
}

void Monitor::subscribed(Session& session, Channel& channel, Message const*)
{
    session_changes(session);
    channel_changes(channel);
}

void Monitor::unsubscribed(Session& session, Channel& channel, Message const*)
{
    session_changes(session);
    channel_changes(channel);
}

void Monitor::session_changes(Session const& session)
{
    if (timer_.running())
        note(changed_sessions_, session.id());
}

void Monitor::channel_changes(Channel const& channel)
{
    if (timer_.running())
        note(changed_channels_, channel.name());
}

std::uint64_t Monitor::number_of(Session& session)
{
    return session.attributes().get_or_make(shown).number;
}

json::object Monitor::row_of(Session& session)
{
    auto const subscriptions = session.subscriptions();
    json::array named;
    for (auto const channel : subscriptions)
        if (named.size() < max_subscriptions)
            named.emplace_back(channel);
    return {{"session", number_of(session)}, {"peer", session.peer()},
        {"transport", session.is_local() ? "local" : name_of(session.transport())},
        {"subscriptions", std::move(named)}, {"count", subscriptions.size()}};
}

json::object Monitor::list_of_sessions()
{
    auto const sessions = context().sessions();
    json::array rows;
    for (std::size_t i = 0; i < std::min(sessions.size(), max_rows); ++i)
        rows.push_back(row_of(*sessions[i]));
    return {{"event", "list"}, {"rows", std::move(rows)}, {"total", sessions.size()}};
}

json::object Monitor::list_of_channels()
{
    std::size_t total = 0;
    json::array rows;
    for (auto const* const channel : context().channels()) {
        if (channel->subscriber_count() == 0)
            continue;
        if (++total <= max_rows)
            rows.push_back(services::row_of(*channel));
    }
    return {{"event", "list"}, {"rows", std::move(rows)}, {"total", total}};
}

json::object Monitor::changes_of_sessions()
{
    if (changed_sessions_.size() > max_rows || gone_sessions_.size() > max_rows)
        return list_of_sessions();
    json::array rows;
    for (auto const& id : changed_sessions_)
        if (auto* const session = context().session(id))
            rows.push_back(row_of(*session));
    return {{"event", "change"}, {"rows", std::move(rows)},
        {"gone", json::array(gone_sessions_.begin(), gone_sessions_.end())}};
}

json::object Monitor::changes_of_channels()
{
    if (changed_channels_.size() > max_rows)
        return list_of_channels();
    json::array rows;
    json::array gone;
    for (auto const& name : changed_channels_) {
        auto const* const channel = context().find_channel(name);
        if (channel != nullptr && channel->subscriber_count() > 0)
            rows.push_back(services::row_of(*channel));
        else
            gone.emplace_back(name);
    }
    return {{"event", "change"}, {"rows", std::move(rows)}, {"gone", std::move(gone)}};
}

} // namespace bayeux::services
