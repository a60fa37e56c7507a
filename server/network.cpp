#include "server/network.hpp"

#include "server/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstddef>
#include <cstring>

namespace bayeux::server {
namespace {

constexpr std::size_t ipv4_size = 4;
constexpr std::string_view mapped_prefix("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

bool is_port(std::string_view text)
{
    unsigned value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc{} && end == text.data() + text.size() && value <= 65'535 &&
           (text.size() == 1 || text.front() != '0');
}

} // namespace

Address address_of(std::string_view bytes)
{
    Address address;
    if (bytes.size() == 16 && bytes.starts_with(mapped_prefix))
        bytes.remove_prefix(mapped_prefix.size());
    address.is_ipv4 = bytes.size() == ipv4_size;
    std::memcpy(address.bytes.data(), bytes.data(), bytes.size());
    return address;
}

std::optional<Address> parse_address(std::string_view text)
{
    std::string const terminated(text.substr(0, text.find('%')));
    std::array<char, 16> bytes{};
    if (::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1)
        return address_of({bytes.data(), ipv4_size});
    if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1)
        return address_of({bytes.data(), bytes.size()});
    return std::nullopt;
}

std::string peer_name(Address const& address, std::string_view port)
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(address.is_ipv4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(),
        static_cast<socklen_t>(text.size()));
    std::string name(text.data());
    if (!address.is_ipv4)
        name = '[' + name + ']';
    return name.append(":").append(port);
}

std::optional<Node> parse_node(std::string_view text)
{
    text = trim(text);
    std::string_view port;
    auto const colon = text.rfind(':');
    bool const bracketed = text.starts_with('[');
    // Of IPv6 without brackets every colon is its own.
    if (colon != std::string_view::npos && !text.ends_with(']') &&
        (bracketed || text.find(':') == colon)) {
        port = text.substr(colon + 1);
        text = text.substr(0, colon);
        if (!is_port(port))
            return std::nullopt;
    }
    if (bracketed) {
        if (!text.ends_with(']'))
            return std::nullopt;
        text = text.substr(1, text.size() - 2);
    }
    auto const address = parse_address(text);
    if (!address || (bracketed && text.find(':') == std::string_view::npos))
        return std::nullopt;
    return Node{*address, port};
}

bool Network::contains(Address const& address) const
{
    if (address.is_ipv4 != first.is_ipv4)
        return false;
    auto const whole = prefix / 8;
    if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, first.bytes.begin()))
        return false;
    auto const rest = prefix % 8;
    return rest == 0 || (address.bytes[whole] ^ first.bytes[whole]) >> (8 - rest) == 0;
}

std::optional<Network> parse_network(std::string_view text)
{
    auto const slash = text.find('/');
    auto const address = parse_address(text.substr(0, slash));
    if (!address || text.find('%') != std::string_view::npos)
        return std::nullopt;
    Network network{*address, address->is_ipv4 ? 32U : 128U};
    if (slash == std::string_view::npos)
        return network;
    auto const bits = text.substr(slash + 1);
    auto const longest = network.prefix;
    auto const [end, failed] =
        std::from_chars(bits.data(), bits.data() + bits.size(), network.prefix);
    // ::ffff:192.0.2.0/120 would have its length counted from elsewhere.
    bool const mapped = address->is_ipv4 && text.find(':') != std::string_view::npos;
    if (failed != std::errc{} || end != bits.data() + bits.size() || network.prefix > longest ||
        mapped)
        return std::nullopt;
    return network;
}

Networks::Networks(std::vector<std::string> const& texts)
{
    for (auto const& text : texts)
        if (auto const network = parse_network(text))
            networks_.push_back(*network);
}

bool Networks::contains(Address const& address) const
{
    return std::ranges::any_of(
        networks_, [&](Network const& network) { return network.contains(address); });
}

bool Networks::contain_peer(std::string_view peer) const
{
    if (networks_.empty())
        return false;
    auto const node = parse_node(peer);
    return node && contains(node->address);
}

} // namespace bayeux::server
