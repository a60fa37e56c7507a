#include "services/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace bayeux::services {
namespace {

constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string base64_encode(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        auto const part = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8U | (i < part.size() ? static_cast<unsigned char>(part[i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            text += i <= part.size() ? digits[bits >> (18 - 6 * i) & 63U] : '=';
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t bits = 0;
        for (char const c : text.substr(at, 4)) {
            auto const digit = digits.find(c);
            bits = bits << 6U |
                   (digit == std::string_view::npos ? 0U : static_cast<std::uint32_t>(digit));
        }
        for (auto const shift : {16U, 8U, 0U})
            bytes += static_cast<char>(bits >> shift & 0xffU);
    }
    if (text.ends_with('='))
        bytes.pop_back();
    if (text.ends_with("=="))
        bytes.pop_back();
    // What has other characters or lengths, or bits too many, does not come out as it went in.
    if (base64_encode(bytes) != text)
        return std::nullopt;
    return bytes;
}

} // namespace bayeux::services
