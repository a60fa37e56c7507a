#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bayeux::detail {

/// What limits per address count by: an IPv4 address, or the first half of an IPv6 one, since
/// whoever has one of those has all that begin so. Of Request::peer, "address:port", where an IPv6
/// address stands in brackets; none when it is no address.
std::optional<std::uint64_t> network_of(std::string_view peer);

} // namespace bayeux::detail
