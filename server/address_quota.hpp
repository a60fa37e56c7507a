#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

namespace bayeux::server {

/// How many connections each address has, see detail::network_of(). What has no address has no
/// limit. Any thread.
class AddressQuota {
public:
    /// 0: any number, and nothing is counted.
    explicit AddressQuota(std::size_t max) : max_(max) {}

    /// The place of one connection, free again when this is destroyed. The quota must outlive it.
    class Place {
    public:
        Place() = default;
        Place(AddressQuota& quota, std::uint64_t network) : quota_(&quota), network_(network) {}
        Place(Place&& other) noexcept;
        Place& operator=(Place&&) = delete;
        ~Place();

    private:
        AddressQuota* quota_ = nullptr;
        std::uint64_t network_ = 0;
    };
    /// Nothing when its address has as many as it may. `peer`: "address:port".
    std::optional<Place> take(std::string_view peer);

private:
    void give_back(std::uint64_t network);

    std::size_t max_;
    std::mutex mutex_;
    /// Guarded by mutex_. No table, whose places those could choose who have many addresses.
    std::map<std::uint64_t, std::size_t> connections_;
};

} // namespace bayeux::server
