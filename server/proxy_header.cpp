#include "server/proxy_header.hpp"

#include "server/network.hpp"

#include <array>
#include <optional>

namespace bayeux::server {
namespace {

using Status = ProxyHeader::Status;

constexpr std::string_view text_signature = "PROXY ";
/// With its line break.
constexpr std::size_t max_text_size = 107;

constexpr std::string_view binary_signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t binary_head_size = 16;
constexpr unsigned local_command = 0x20; ///< with the version
constexpr unsigned proxy_command = 0x21;
constexpr unsigned tcp_over_ipv4 = 0x11;
constexpr unsigned tcp_over_ipv6 = 0x21;

unsigned byte_at(std::string_view bytes, std::size_t at)
{
    return static_cast<unsigned char>(bytes[at]);
}

bool begins(std::string_view bytes, std::string_view signature)
{
    return signature.substr(0, bytes.size()) == bytes.substr(0, signature.size());
}

/// `TCP4 192.0.2.1 198.51.100.1 56324 443`, or TCP6, or `UNKNOWN` and anything.
ProxyHeader read_line(std::string_view line, std::size_t size)
{
    constexpr std::size_t fields = 5; // protocol, source and destination, their ports
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN "))
        return {Status::complete, size};
    std::array<std::string_view, fields> field;
    for (auto& next : field) {
        auto const blank = line.find(' ');
        next = line.substr(0, blank);
        bool const last = &next == &field.back();
        if (last != (blank == std::string_view::npos))
            return {Status::malformed};
        line.remove_prefix(last ? line.size() : blank + 1);
    }
    auto const node = [&](std::string_view address, std::string_view port) {
        return field[0] == "TCP4" ? parse_node(std::string(address).append(":").append(port))
               : field[0] == "TCP6"
                   ? parse_node(std::string("[").append(address).append("]:").append(port))
                   : std::nullopt;
    };
    auto const source = node(field[1], field[3]);
    auto const destination = node(field[2], field[4]);
    // Without a port it was an IPv6 address where an IPv4 one belongs.
    if (!source || !destination || source->port.empty() || destination->port.empty())
        return {Status::malformed};
    return {Status::complete, size, peer_name(source->address, field[3])};
}

ProxyHeader parse_text(std::string_view bytes)
{
    auto const end = bytes.substr(0, max_text_size).find("\r\n");
    if (end == std::string_view::npos)
        return {bytes.size() < max_text_size ? Status::incomplete : Status::malformed};
    return read_line(bytes.substr(0, end).substr(text_signature.size()), end + 2);
}

ProxyHeader parse_binary(std::string_view bytes)
{
    if (bytes.size() < binary_head_size)
        return {Status::incomplete};
    auto const command = byte_at(bytes, 12);
    auto const family = byte_at(bytes, 13);
    auto const size = binary_head_size + (byte_at(bytes, 14) << 8U | byte_at(bytes, 15));
    if ((command != local_command && command != proxy_command) || size > max_proxy_header_size)
        return {Status::malformed};
    if (bytes.size() < size)
        return {Status::incomplete};
    auto const address_size = family == tcp_over_ipv4 ? 4U : family == tcp_over_ipv6 ? 16U : 0U;
    if (command == local_command || address_size == 0)
        return {Status::complete, size};
    auto const ports = binary_head_size + 2 * std::size_t{address_size};
    if (size < ports + 4)
        return {Status::malformed};
    auto const port = byte_at(bytes, ports) << 8U | byte_at(bytes, ports + 1);
    return {Status::complete, size,
        peer_name(address_of(bytes.substr(binary_head_size, address_size)), std::to_string(port))};
}

} // namespace

ProxyHeader parse_proxy_header(std::string_view bytes)
{
    if (begins(bytes, text_signature))
        return bytes.size() < text_signature.size() ? ProxyHeader{Status::incomplete}
                                                    : parse_text(bytes);
    if (begins(bytes, binary_signature))
        return parse_binary(bytes);
    return {Status::absent};
}

} // namespace bayeux::server
