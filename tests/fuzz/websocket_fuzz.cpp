// Feeds a WebSocket the input whole, and again in pieces: it must not crash, and the answers must
// be the same. The first byte of the input seeds the lengths of the pieces. So that a fuzzer gets
// behind the masks, a second reading takes the rest as a list of frames: a byte of fin bit and
// opcode, a byte of length, the payload. A third reading does the same on a socket that has agreed
// on compression; the bit that says a frame is compressed is next to the opcode.

#include "server/deflate.hpp"
#include "tests/websocket_driver.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>

using namespace bayeux::server;

namespace {

/// Limits low enough for a fuzzer to reach them.
HttpSettings const& settings()
{
    static HttpSettings const instance = [] {
        HttpSettings low;
        low.ws_max_message_size = 300;
        low.parse_limits = {.depth = 8, .messages = 20};
        low.ws_deflate = std::make_shared<MessageDeflate>();
        return low;
    }();
    return instance;
}

std::string framed(std::string_view bytes)
{
    std::string frames;
    while (bytes.size() >= 2) {
        auto const head = static_cast<unsigned char>(bytes[0]);
        auto const payload = bytes.substr(2, static_cast<unsigned char>(bytes[1]));
        frames += client_frame(head & 0x7fU, payload, head >= 0x80U ? Fin::yes : Fin::no);
        bytes.remove_prefix(2 + payload.size());
    }
    return frames;
}

struct Transcript {
    std::string output;
    bool closing;
    std::size_t unconsumed;
    friend bool operator==(Transcript const&, Transcript const&) = default;
};

enum class Pieces { one, many };

Transcript transcript_of(
    std::string_view upgrade, std::string_view bytes, Pieces pieces, unsigned seed)
{
    UpgradeDriver driver(settings());
    driver.send(upgrade);
    std::minstd_rand random(seed);
    while (!bytes.empty()) {
        auto const longest = random() % 4 == 0 ? 64U : 4U;
        auto const length = pieces == Pieces::one ? bytes.size() : 1 + random() % longest;
        auto const piece = bytes.substr(0, length);
        driver.send(piece);
        bytes.remove_prefix(piece.size());
    }
    return {driver.output, driver.closing(), driver.unconsumed.size()};
}

void require_same(std::string_view upgrade, std::string_view bytes, unsigned seed)
{
    auto const whole = transcript_of(upgrade, bytes, Pieces::one, 0);
    auto const split = transcript_of(upgrade, bytes, Pieces::many, seed);
    if (whole == split)
        return;
    std::fprintf(stderr, "whole:\n%s\nsplit:\n%s\n", whole.output.c_str(), split.output.c_str());
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data + 1), size - 1);
    auto const plain = upgrade_request();
    auto const deflated = upgrade_request("Sec-WebSocket-Extensions: permessage-deflate\r\n");
    require_same(plain, bytes, data[0] + 1U);
    require_same(plain, framed(bytes), data[0] + 1U);
    require_same(deflated, framed(bytes), data[0] + 1U);
    return 0;
}
