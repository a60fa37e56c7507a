#include "bayeux/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace bayeux {
namespace {

unsigned byte_at(std::string_view text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]);
}

/// How many bytes `text` (not empty) begins with that are ASCII, in steps of eight.
std::size_t ascii_length(std::string_view text)
{
    std::uint64_t eight = 0;
    std::size_t length = 0;
    for (; text.size() - length >= sizeof eight; length += sizeof eight) {
        std::memcpy(&eight, text.data() + length, sizeof eight);
        if ((eight & 0x8080808080808080U) != 0)
            break;
    }
    return length;
}

/// Bytes of the character that `text` (not empty) begins with; 0 when it is none.
std::size_t character_length(std::string_view text)
{
    auto const lead = byte_at(text, 0);
    if (lead < 0x80)
        return 1;
    std::size_t const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
        return 0;
    for (std::size_t at = 1; at < length; ++at)
        if ((byte_at(text, at) & 0xc0U) != 0x80)
            return 0;
    auto const second = byte_at(text, 1);
    bool const overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    bool const surrogate = lead == 0xed && second >= 0xa0;
    bool const too_high = lead == 0xf4 && second >= 0x90;
    return overlong || surrogate || too_high ? 0 : length;
}

/// Whether `bytes` (not empty), which are no character, are the first ones of some.
bool begins_character(std::string_view bytes)
{
    // The second byte is all that some leads bound, from below or from above.
    auto const lead = byte_at(bytes, 0);
    std::array<char, 4> filled{
        '\0', lead == 0xe0 || lead == 0xf0 ? '\xa0' : '\x80', '\x80', '\x80'};
    if (bytes.size() >= filled.size())
        return false;
    std::memcpy(filled.data(), bytes.data(), bytes.size());
    return character_length({filled.data(), filled.size()}) > bytes.size();
}

} // namespace

std::optional<std::size_t> whole_utf8(std::string_view text)
{
    auto rest = text;
    while (!rest.empty()) {
        rest.remove_prefix(ascii_length(rest));
        if (rest.empty())
            break;
        auto const length = character_length(rest);
        if (length == 0) {
            if (!begins_character(rest))
                return std::nullopt;
            break;
        }
        rest.remove_prefix(length);
    }
    return text.size() - rest.size();
}

bool is_valid_utf8(std::string_view text)
{
    return whole_utf8(text) == text.size();
}

std::string valid_utf8(std::string_view text)
{
    std::string valid;
    while (!text.empty()) {
        auto const length = character_length(text);
        valid += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return valid;
}

void append_utf8(std::string& text, char32_t code)
{
    auto const append = [&](char32_t lead, unsigned shift) {
        text += static_cast<char>(lead | code >> shift);
        while (shift > 0) {
            shift -= 6;
            text += static_cast<char>(0x80U | (code >> shift & 0x3fU));
        }
    };
    if (code < 0x80)
        append(0, 0);
    else if (code < 0x800)
        append(0xc0, 6);
    else if (code < 0x10000)
        append(0xe0, 12);
    else
        append(0xf0, 18);
}

} // namespace bayeux
