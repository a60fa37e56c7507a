#include "server/address_quota.hpp"

#include "bayeux/detail/network.hpp"

#include <utility>

namespace bayeux::server {

AddressQuota::Place::Place(Place&& other) noexcept
    : quota_(std::exchange(other.quota_, nullptr)), network_(other.network_)
{}

AddressQuota::Place::~Place()
{
    if (quota_ != nullptr)
        quota_->give_back(network_);
}

std::optional<AddressQuota::Place> AddressQuota::take(std::string_view peer)
{
    auto const network = max_ > 0 ? detail::network_of(peer) : std::nullopt;
    if (!network)
        return Place();
    std::lock_guard const lock(mutex_);
    auto& count = connections_[*network];
    if (count == max_)
        return std::nullopt;
    ++count;
    return std::optional<Place>(std::in_place, *this, *network);
}

void AddressQuota::give_back(std::uint64_t network)
{
    std::lock_guard const lock(mutex_);
    auto const found = connections_.find(network);
    if (--found->second == 0)
        connections_.erase(found);
}

} // namespace bayeux::server
