#pragma once

#include "bayeux/detail/string_hash.hpp"
#include "bayeux/detail/token_bucket.hpp"
#include "bayeux/options.hpp"
#include "bayeux/time.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace bayeux::detail {

/// Keeps the limits per address (see network_of()). Whoever has no address, such as a local
/// session, has no limits here. Limits that are off cost nothing: no address is looked up.
class Addresses {
public:
    Addresses(EngineOptions const& options, HashKey const& key);

    bool may_add_session(std::string_view peer) const;
    void add_session(std::string_view peer);
    void remove_session(std::string_view peer);
    bool may_shake_hands(std::string_view peer, Instant now);
    bool counts_messages() const { return messages_.is_limited(); }
    /// How many of `wanted` messages may come now. Only when counts_messages().
    std::size_t take_messages(std::string_view peer, std::size_t wanted, Instant now);

    /// How many addresses are known.
    std::size_t size() const { return known_.size(); }

private:
    struct Address {
        std::size_t sessions = 0;
        TokenBucket handshakes;
        TokenBucket messages;
    };
    Address& at(std::uint64_t network, Instant now);

    std::size_t max_sessions_;
    Rate handshakes_;
    Rate messages_;
    std::unordered_map<std::uint64_t, Address, NumberHash> known_;
    std::size_t sweep_at_;
};

} // namespace bayeux::detail
