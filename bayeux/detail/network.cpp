#include "bayeux/detail/network.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace bayeux::detail {
namespace {

constexpr std::size_t groups = 8;

std::optional<unsigned> number(std::string_view text, int base, unsigned max)
{
    unsigned value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failed != std::errc{} || end != text.data() + text.size() || value > max)
        return std::nullopt;
    return value;
}

std::optional<std::uint64_t> ipv4(std::string_view text)
{
    std::uint64_t address = 0;
    for (int left = 3;; --left) {
        auto const dot = text.find('.');
        auto const part = number(text.substr(0, dot), 10, 255);
        if (!part || (dot == std::string_view::npos) != (left == 0))
            return std::nullopt;
        address = address << 8U | *part;
        if (left == 0)
            return address;
        text.remove_prefix(dot + 1);
    }
}

/// Its first half. No address of the Internet begins with as many zeros as an IPv4 one has there.
std::optional<std::uint64_t> ipv6(std::string_view text)
{
    text = text.substr(0, text.find('%')); // the interface of a link-local one
    std::array<unsigned, groups> address{};
    std::size_t count = 0;
    std::optional<std::size_t> gap; // where `::` stands
    if (text.starts_with("::")) {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        auto const colon = text.find(':');
        auto const part = text.substr(0, colon);
        bool const last = colon == std::string_view::npos;
        if (last && part.find('.') != std::string_view::npos) {
            auto const tail = ipv4(part);
            if (!tail || count + 2 > groups)
                return std::nullopt;
            address[count++] = static_cast<unsigned>(*tail >> 16U);
            address[count++] = static_cast<unsigned>(*tail & 0xffffU);
            break;
        }
        auto const group = number(part, 16, 0xffff);
        if (!group || count == groups)
            return std::nullopt;
        address[count++] = *group;
        if (last)
            break;
        text.remove_prefix(colon + 1);
        if (text.starts_with(':')) {
            if (gap)
                return std::nullopt;
            gap = count;
            text.remove_prefix(1);
        } else if (text.empty()) {
            return std::nullopt;
        }
    }
    if (gap ? count == groups : count < groups)
        return std::nullopt;
    std::uint64_t half = 0;
    for (std::size_t at = 0; at < groups / 2; ++at) {
        auto const before = gap.value_or(groups);
        std::size_t const skipped = groups - count;
        auto const group = at < before             ? address[at]
                           : at < before + skipped ? 0
                                                   : address[at - skipped];
        half = half << 16U | group;
    }
    return half;
}

} // namespace

std::optional<std::uint64_t> network_of(std::string_view peer)
{
    auto const colon = peer.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto const address = peer.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        return ipv6(address.substr(1, address.size() - 2));
    return ipv4(address);
}

} // namespace bayeux::detail
