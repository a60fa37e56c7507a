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

void Channel::set_persistent()
{
    detail::state_of(*this).persistent = true;
}

} // namespace bayeux
