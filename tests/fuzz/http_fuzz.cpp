// Feeds an HttpConnection the input whole, and again in pieces: it must not crash, and the answers
// must be the same. The first byte of the input seeds the lengths of the pieces; when it is even,
// the other side is a trusted proxy.

#include "tests/http_driver.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

using namespace bayeux::server;

namespace {

/// Limits low enough for a fuzzer to reach them.
HttpSettings const& settings()
{
    static HttpSettings const instance = [] {
        HttpSettings low;
        low.allowed_origins = AllowedOrigins({"https://*.example.org", "http://127.0.0.1:*"});
        low.trusted_proxies = Networks({"10.0.0.0/8", "192.0.2.1"});
        low.service_paths = {"/via/"};
        low.max_header_size = 400;
        low.max_message_size = 300;
        low.parse_limits = {.depth = 8, .messages = 20};
        return low;
    }();
    return instance;
}

enum class Pieces { one, many };

HttpDriver driven_by(std::string_view bytes, Pieces pieces, unsigned seed)
{
    HttpDriver driver(settings(), seed % 2 == 0 ? "10.0.0.1:80" : "203.0.113.1:80");
    std::minstd_rand random(seed);
    while (!bytes.empty()) {
        // Short ones mostly, as these are where boundaries are met.
        auto const longest = random() % 4 == 0 ? 64U : 4U;
        auto const length = pieces == Pieces::one ? bytes.size() : 1 + random() % longest;
        auto const piece = bytes.substr(0, length);
        driver.send(piece);
        bytes.remove_prefix(piece.size());
    }
    return driver;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data + 1), size - 1);
    auto const whole = driven_by(bytes, Pieces::one, data[0]);
    auto const split = driven_by(bytes, Pieces::many, data[0]);
    if (whole.output != split.output || whole.connection.closing() != split.connection.closing() ||
        whole.connection.idle() != split.connection.idle() ||
        whole.connection.client() != split.connection.client()) {
        std::fprintf(
            stderr, "whole:\n%s\nsplit:\n%s\n", whole.output.c_str(), split.output.c_str());
        std::abort();
    }
    return 0;
}
