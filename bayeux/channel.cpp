#include "bayeux/channel.hpp"

#include "bayeux/detail/channel_state.hpp"

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

void Channel::add_listener(std::string owner, MessageListener listener)
{
    detail::state_of(*this).listeners.push_back({std::move(owner), std::move(listener)});
}

void Channel::add_authorizer(Authorizer authorizer)
{
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

} // namespace bayeux
