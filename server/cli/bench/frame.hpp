#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::cli {

enum class Opcode : std::uint8_t {
    continuation = 0,
    text = 1,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

/// A WebSocket frame of a server (RFC 6455 5.2). The payload is a view.
struct Frame {
    Opcode opcode = Opcode::text;
    bool last = true; ///< of its message
    std::string_view payload;
    std::size_t length = 0; ///< how many bytes it took
};

/// The first frame of `bytes`, nothing while it is incomplete.
/// @throws Failure for a frame that is masked or compressed
std::optional<Frame> first_frame(std::string_view bytes);

/// Adds a frame of a client, a whole message, masked by `mask`.
void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask);

} // namespace bayeux::cli
