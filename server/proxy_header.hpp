#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bayeux::server {

/// What a connection begins with when a proxy says by haproxy's PROXY protocol, version 1 or 2,
/// for whom it has opened it.
struct ProxyHeader {
    enum class Status : std::uint8_t {
        incomplete, ///< more bytes are needed
        absent,     ///< they are of another protocol
        complete,
        malformed
    };
    Status status = Status::absent;
    std::size_t size = 0; ///< bytes, when it is complete
    /// "address:port"; empty when the proxy speaks for itself (LOCAL), does not know (UNKNOWN), or
    /// the client came by anything but TCP.
    std::string client = {};
};

/// Longer ones are malformed; the protocol asks for 536 bytes at least.
constexpr std::size_t max_proxy_header_size = 4'096;

/// `bytes`: all that has come on the connection so far.
ProxyHeader parse_proxy_header(std::string_view bytes);

} // namespace bayeux::server
