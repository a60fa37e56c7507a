#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

/// An IP address. An IPv6 one that stands for an IPv4 address is that.
struct Address {
    std::array<unsigned char, 16> bytes{}; ///< of IPv4 the first four
    bool is_ipv4 = false;

    bool operator==(Address const&) const = default;
};

/// Without brackets, and without the interface of a link-local one.
std::optional<Address> parse_address(std::string_view text);

/// Of an address that is taken from the network, as it comes there: 4 or 16 bytes.
Address address_of(std::string_view bytes);

/// "address:port", with brackets around IPv6: the form that Request::peer has.
std::string peer_name(Address const& address, std::string_view port);

/// "address:port", or the address alone, where IPv6 may do without brackets.
struct Node {
    Address address;
    std::string_view port; ///< digits, as written; empty when there is none
};
std::optional<Node> parse_node(std::string_view text);

/// Addresses that begin with the same bits.
struct Network {
    Address first;
    unsigned prefix = 0; ///< bits

    bool contains(Address const& address) const;
};
/// `192.0.2.0/24`, `2001:db8::/32`, or one address. Bits behind the prefix make no difference.
std::optional<Network> parse_network(std::string_view text);

/// Several, each as parse_network() takes it; others are left out. Immutable.
class Networks {
public:
    Networks() = default;
    explicit Networks(std::vector<std::string> const& texts);

    bool empty() const { return networks_.empty(); }
    bool contains(Address const& address) const;
    /// `peer`: "address:port".
    bool contain_peer(std::string_view peer) const;

private:
    std::vector<Network> networks_;
};

} // namespace bayeux::server
