#include "bayeux/detail/channel_index.hpp"

#include "bayeux/channel_name.hpp"

namespace bayeux::detail {

ChannelState* ChannelIndex::find(std::string_view name) const
{
    auto const found = channels_.find(name);
    return found == channels_.end() ? nullptr : found->second.get();
}

ChannelState& ChannelIndex::create(Core& core, std::string_view name)
{
    auto channel = std::make_unique<ChannelState>(core, std::string(name));
    auto& created = *channel;
    channels_.emplace(created.name, std::move(channel));
    if (is_wild(name))
        ++wild_generation_;
    return created;
}

void ChannelIndex::erase(ChannelState& channel)
{
    if (is_wild(channel.name))
        ++wild_generation_;
    channels_.erase(channels_.find(std::string_view(channel.name)));
}

std::vector<ChannelState*> const& ChannelIndex::wild_matches(ChannelState& channel)
{
    if (channel.wild_generation != wild_generation_) {
        channel.wild_matches = wild_matches(std::string_view(channel.name));
        channel.wild_generation = wild_generation_;
    }
    return channel.wild_matches;
}

std::vector<ChannelState*> ChannelIndex::wild_matches(std::string_view name) const
{
    std::vector<ChannelState*> matches;
    for_each_wild_name(name, [&](std::string_view wild) {
        if (wild == name)
            return;
        if (auto* const channel = find(wild))
            matches.push_back(channel);
    });
    return matches;
}

std::vector<Channel*> ChannelIndex::all() const
{
    std::vector<Channel*> channels;
    channels.reserve(channels_.size());
    for (auto const& [name, channel] : channels_)
        channels.push_back(channel.get());
    return channels;
}

} // namespace bayeux::detail
