#pragma once

#include "bayeux/detail/channel_state.hpp"
#include "bayeux/detail/string_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bayeux::detail {

/// All channels by name, and which wild ones match which.
class ChannelIndex {
public:
    explicit ChannelIndex(HashKey const& key) : channels_(0, StringHash{key}) {}

    /// `name` must be an identity (channel_identity).
    ChannelState* find(std::string_view name) const;
    ChannelState& create(Core& core, std::string_view name);
    void erase(ChannelState& channel);
    std::size_t size() const { return channels_.size(); }
    std::vector<Channel*> all() const;

    /// The existing wild channels that match `channel`, in the order of delivery, without itself.
    std::vector<ChannelState*> const& wild_matches(ChannelState& channel);
    /// The same for a channel that need not exist.
    std::vector<ChannelState*> wild_matches(std::string_view name) const;

private:
    using Map =
        std::unordered_map<std::string, std::unique_ptr<ChannelState>, StringHash, std::equal_to<>>;
    Map channels_;
    std::uint64_t wild_generation_ = 1;
};

} // namespace bayeux::detail
