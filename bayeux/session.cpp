#include "bayeux/session.hpp"

#include "bayeux/detail/core.hpp"
#include "bayeux/json_text.hpp"

#include <algorithm>

namespace bayeux {

using detail::state_of;

std::string const& Session::id() const
{
    return state_of(*this).id;
}

std::string const& Session::peer() const
{
    return state_of(*this).peer;
}

std::string_view Session::user_agent() const
{
    auto const& extras = state_of(*this).extras;
    return extras ? std::string_view(extras->user_agent) : std::string_view();
}

bool Session::is_local() const
{
    return state_of(*this).local != nullptr;
}

bool Session::connected() const
{
    return state_of(*this).connected;
}

Transport Session::transport() const
{
    return state_of(*this).transport;
}

std::size_t Session::queue_size() const
{
    return state_of(*this).queue.size();
}

Attributes& Session::attributes()
{
    return state_of(*this).get_extras().attributes;
}

Attributes const& Session::attributes() const
{
    static Attributes const none;
    auto const& extras = state_of(*this).extras;
    return extras ? extras->attributes : none;
}

std::vector<std::string_view> Session::subscriptions() const
{
    std::vector<std::string_view> names;
    for (auto const& subscription : state_of(*this).subscriptions)
        names.emplace_back(subscription.channel->name);
    return names;
}

void Session::deliver(
    std::string_view channel, boost::json::value const& data, std::optional<std::string_view> id)
{
    deliver_json(channel, to_json(data), id);
}

void Session::deliver_json(
    std::string_view channel, std::string_view data_json, std::optional<std::string_view> id)
{
    deliver(freeze(channel, data_json, id));
}

void Session::deliver(FrozenMessage message)
{
    auto& state = state_of(*this);
    state.core.deliver_later(state, std::move(message));
}

void Session::subscribe(std::string_view channel)
{
    auto& state = state_of(*this);
    state.core.subscribe_later(state, channel);
}

void Session::unsubscribe(std::string_view channel)
{
    auto& state = state_of(*this);
    state.core.unsubscribe_later(state, channel);
}

void Session::disconnect()
{
    auto& state = state_of(*this);
    state.core.disconnect_later(state);
}

void Session::set_timeout(Duration timeout)
{
    state_of(*this).timeout = std::min(timeout, detail::longest);
    state_of(*this).advice_due = true;
}

void Session::set_interval(Duration interval)
{
    state_of(*this).interval = std::min(interval, detail::longest);
    state_of(*this).advice_due = true;
}

void Session::set_max_interval(Duration max_interval)
{
    state_of(*this).get_extras().max_interval = std::min(max_interval, detail::longest);
}

Duration Session::timeout() const
{
    auto const& state = state_of(*this);
    return state.core.timeout_of(state);
}

Duration Session::interval() const
{
    auto const& state = state_of(*this);
    return state.core.interval_of(state);
}

Duration Session::max_interval() const
{
    auto const& state = state_of(*this);
    return state.core.max_interval_of(state);
}

void Session::set_meta_connect_deliver_only(bool value)
{
    state_of(*this).connect_only = value;
}

void Session::set_broadcast_to_publisher(bool value)
{
    state_of(*this).broadcast_to_publisher = value;
}

void Session::add_extension(std::shared_ptr<Extension> extension)
{
    state_of(*this).extensions.push_back(std::move(extension));
}

} // namespace bayeux
