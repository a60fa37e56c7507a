#include "bayeux/channel.hpp"

#include "bayeux/detail/core.hpp"

#include <algorithm>
#include <stdexcept>

namespace bayeux {
namespace {

detail::ChannelState const& state_of(Channel const& channel)
{
    return static_cast<detail::ChannelState const&>(channel);
}

} // namespace

std::string const& Channel::name() const
{
    return state_of(*this).name;
}

std::size_t Channel::subscriber_count() const
{
    return state_of(*this).subscribers.size();
}

std::vector<Session*> Channel::subscribers() const
{
    std::vector<Session*> all;
    all.reserve(subscriber_count());
    for (auto const& subscriber : state_of(*this).subscribers)
        all.push_back(subscriber.session);
    return all;
}

Attributes& Channel::attributes()
{
    auto& attributes = detail::state_of(*this).attributes;
    if (!attributes)
        attributes = std::make_unique<Attributes>();
    return *attributes;
}

Attributes const& Channel::attributes() const
{
    static Attributes const none;
    auto const& attributes = state_of(*this).attributes;
    return attributes ? *attributes : none;
}

void Channel::add_listener(std::string owner, MessageListener listener)
{
    if (!listener)
        throw std::invalid_argument(name() + ": a listener must not be null");
    auto& state = detail::state_of(*this);
    state.listeners.push_back({std::move(owner), std::move(listener), state.core.next_listener()});
}

void Channel::add_authorizer(Authorizer authorizer)
{
    if (!authorizer)
        throw std::invalid_argument(name() + ": an authorizer must not be null");
    detail::state_of(*this).authorizers.push_back(std::move(authorizer));
}

void Channel::set_lazy(std::optional<Duration> timeout)
{
    auto& state = detail::state_of(*this);
    state.lazy = true;
    state.lazy_timeout = timeout;
}

void Channel::set_prompt()
{
    auto& state = detail::state_of(*this);
    state.lazy = false;
    state.lazy_timeout.reset();
}

bool Channel::lazy() const
{
    return state_of(*this).lazy;
}

void Channel::set_broadcast_to_publisher(bool value)
{
    detail::state_of(*this).broadcast_to_publisher = value;
}

void Channel::set_persistent()
{
    detail::state_of(*this).persistent = true;
}

bool Channel::persistent() const
{
    return state_of(*this).persistent;
}

void Channel::remove()
{
    auto& state = detail::state_of(*this);
    state.core.remove_channel_later(state);
}

Authorizer grant(std::vector<Operation> operations)
{
    return [operations = std::move(operations)](
               Operation asked, std::string_view, Session const&, Message const&) {
        return std::ranges::find(operations, asked) != operations.end() ? Authorization::grant()
                                                                        : Authorization::ignore();
    };
}

} // namespace bayeux
