#include "services/presence.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/json_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bayeux::services {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "/presence";

/// Where a session is, and under which name.
using Names = std::map<std::string, std::string, std::less<>>;
constexpr Attribute<Names> names_of_session{"presence.names"};

json::object described(std::string const& user, json::value const& state)
{
    json::object object{{"user", user}};
    if (!state.is_null())
        object["state"] = state;
    return object;
}

std::string channel_in(Fields const& data, Session const& from)
{
    auto const channel = data.text("channel");
    if (channel.size() > Presence::max_channel)
        throw data.bad("channel", "is too long");
    auto const subscriptions = from.subscriptions();
    if (is_wild(channel) || std::ranges::find(subscriptions, channel) == subscriptions.end())
        throw data.bad("channel", "is none that you are subscribed to");
    return channel;
}

std::string user_in(Fields const& data)
{
    auto user = data.text("user");
    if (user.empty() || user.size() > Presence::max_user)
        throw data.bad("user", "must have 1 to " + std::to_string(Presence::max_user) + " bytes");
    return user;
}

json::value const& state_in(Fields const& data)
{
    auto const& state = data.value("state");
    try {
        if (to_json(state).size() > Presence::max_state)
            throw data.bad("state", "is too large");
    } catch (std::invalid_argument const& bad) {
        throw data.bad("state", std::string("has ") + bad.what());
    }
    return state;
}

} // namespace

void Presence::Options::describe(OptionTable<Options>& table)
{
    table.add(
        "grace", &Options::grace, "MS", "who is back before that has not left", {0, 3'600'000});
}

Presence::Presence(ServiceContext& context, Options options)
    : BayeuxService(context, "presence"), options_(options)
{
    context.channel("/presence/**")
        .add_authorizer(grant({Operation::create, Operation::subscribe}));
    context.channel("/service/presence").add_authorizer(grant({Operation::publish}));
    on("/service/presence", &Presence::is_present);
    on_subscribed("/presence/**", &Presence::list);
    on_unsubscribed("/**", &Presence::unsubscribed_from);
}

void Presence::is_present(Session& from, Message const& message)
{
    Fields const data(message);
    auto const channel = channel_in(data, from);
    auto const name = user_in(data);
    auto const& state = state_in(data);
    auto& names = from.attributes().get_or_make(names_of_session);
    if (names.size() >= max_channels && !names.contains(channel))
        throw BadMessage("you are on too many channels");
    auto& users = channels_[channel];
    bool const is_new = !users.contains(name);
    if (is_new && users.size() >= max_users)
        throw BadMessage("too many users are on this channel");

    auto const former = std::exchange(names[channel], name);
    auto& user = users[name];
    user.sessions.insert(from.id());
    user.leaving.cancel();
    bool const changes = !state.is_null() && state != user.state;
    if (changes)
        user.state = state;
    if (is_new || changes)
        tell(channel, is_new ? "join" : "state", described(name, user.state));
    if (!former.empty() && former != name) {
        auto& old = users[former];
        old.sessions.erase(from.id());
        if (old.sessions.empty())
            leave(channel, former); // not to come back under this name
    }
}

void Presence::list(Session& to, Channel& channel)
{
    if (is_wild(channel.name()))
        return;
    json::array listed;
    auto const found = channels_.find(channel.name().substr(prefix.size()));
    if (found != channels_.end())
        for (auto const& [name, user] : found->second)
            listed.push_back(described(name, user.state));
    to.deliver(channel.name(), {{"event", "list"}, {"users", std::move(listed)}});
}

void Presence::unsubscribed_from(Session& session, Channel& channel)
{
    auto* const names = session.attributes().get(names_of_session);
    if (names == nullptr)
        return;
    auto const left = names->extract(channel.name());
    if (left.empty())
        return;
    auto const& name = left.mapped();
    auto& user = channels_[channel.name()][name];
    user.sessions.erase(session.id());
    if (user.sessions.empty())
        user.leaving =
            after(options_.grace, [this, channel = channel.name(), name] { leave(channel, name); });
}

void Presence::leave(std::string const& channel, std::string const& user)
{
    auto const users = channels_.find(channel);
    users->second.erase(user);
    if (users->second.empty())
        channels_.erase(users);
    tell(channel, "leave", {{"user", user}});
}

void Presence::tell(std::string const& channel, std::string_view event, json::object user)
{
    json::object data{{"event", event}};
    data.insert(user.begin(), user.end());
    context().publish(std::string(prefix) + channel, data);
}

} // namespace bayeux::services
