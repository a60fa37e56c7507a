#include "bayeux/detail/addresses.hpp"

#include "bayeux/detail/network.hpp"

#include <algorithm>

namespace bayeux::detail {
namespace {

constexpr std::size_t few = 1'024;

} // namespace

Addresses::Addresses(EngineOptions const& options, HashKey const& key)
    : max_sessions_(options.max_sessions_per_address),
      handshakes_(options.max_handshake_rate_per_address),
      messages_(options.max_message_rate_per_address),
      known_(0, NumberHash{key}),
      sweep_at_(few)
{}

bool Addresses::may_add_session(std::string_view peer) const
{
    if (max_sessions_ == 0)
        return true;
    auto const network = network_of(peer);
    auto const found = network ? known_.find(*network) : known_.end();
    return found == known_.end() || found->second.sessions < max_sessions_;
}

void Addresses::add_session(std::string_view peer)
{
    if (max_sessions_ == 0)
        return;
    if (auto const network = network_of(peer))
        ++known_[*network].sessions;
}

void Addresses::remove_session(std::string_view peer)
{
    if (max_sessions_ == 0)
        return;
    auto const network = network_of(peer);
    auto const found = network ? known_.find(*network) : known_.end();
    if (found == known_.end())
        return;
    if (--found->second.sessions == 0 && !handshakes_.is_limited() && !messages_.is_limited())
        known_.erase(found);
}

bool Addresses::may_shake_hands(std::string_view peer, Instant now)
{
    if (!handshakes_.is_limited())
        return true;
    auto const network = network_of(peer);
    return !network || at(*network, now).handshakes.take(handshakes_, now);
}

std::size_t Addresses::take_messages(std::string_view peer, std::size_t wanted, Instant now)
{
    auto const network = network_of(peer);
    return network ? at(*network, now).messages.take(messages_, now, wanted) : wanted;
}

/// Those about whom there is nothing to know any more are forgotten whenever there are twice as
/// many as there were after the last time.
Addresses::Address& Addresses::at(std::uint64_t network, Instant now)
{
    if (known_.size() >= sweep_at_) {
        std::erase_if(known_, [now](auto const& entry) {
            auto const& address = entry.second;
            return address.sessions == 0 && address.handshakes.is_full(now) &&
                   address.messages.is_full(now);
        });
        sweep_at_ = std::max(few, 2 * known_.size());
    }
    return known_[network];
}

} // namespace bayeux::detail
