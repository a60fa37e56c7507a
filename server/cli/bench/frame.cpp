#include "server/cli/bench/frame.hpp"

#include "server/cli/bench/failure.hpp"

#include <cstring>

namespace bayeux::cli {
namespace {

std::size_t big_endian(std::string_view bytes)
{
    std::size_t value = 0;
    for (char const byte : bytes) {
        value = value << 8 | static_cast<unsigned char>(byte);
    }
    return value;
}

void append_big_endian(std::string& out, std::size_t value, unsigned bytes)
{
    while (bytes-- > 0) {
        out += static_cast<char>(value >> (8 * bytes));
    }
}

} // namespace

std::optional<Frame> first_frame(std::string_view bytes)
{
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    auto const first = static_cast<unsigned char>(bytes[0]);
    auto const second = static_cast<unsigned char>(bytes[1]);
    if ((first & 0x70) != 0 || (second & 0x80) != 0) {
        throw Failure("a WebSocket frame that nobody asked for, compressed or masked");
    }
    std::size_t head = 2;
    std::size_t size = second;
    if (size >= 126) {
        head += size == 126 ? 2 : 8;
        if (bytes.size() < head) {
            return std::nullopt;
        }
        size = big_endian(bytes.substr(2, head - 2));
        if (size > (1U << 30)) {
            throw Failure("a WebSocket frame of more than 1 GiB");
        }
    }
    if (bytes.size() < head + size) {
        return std::nullopt;
    }
    return Frame{static_cast<Opcode>(first & 0x0f), (first & 0x80) != 0, bytes.substr(head, size),
        head + size};
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask)
{
    out += static_cast<char>(0x80U | static_cast<unsigned>(opcode));
    if (payload.size() < 126) {
        out += static_cast<char>(0x80U | payload.size());
    } else {
        bool const is_short = payload.size() < 65536;
        out += static_cast<char>(0x80U | (is_short ? 126U : 127U));
        append_big_endian(out, payload.size(), is_short ? 2 : 8);
    }
    char key[4];
    std::memcpy(key, &mask, sizeof key);
    out.append(key, sizeof key);
    auto const begin = out.size();
    out += payload;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        out[begin + i] = static_cast<char>(out[begin + i] ^ key[i % 4]);
    }
}

} // namespace bayeux::cli
