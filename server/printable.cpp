#include "server/printable.hpp"

#include "bayeux/utf8.hpp"

#include <cstddef>

namespace bayeux::server {
namespace {

unsigned byte_at(std::string_view text, std::size_t index)
{
    return static_cast<unsigned char>(text[index]);
}

/// Bytes of the printable character that `text` (not empty) begins with; 0 when it begins with a
/// control character or is not UTF-8 there.
std::size_t printable_length(std::string_view text)
{
    unsigned const lead = byte_at(text, 0);
    if (lead < 0x80) {
        return lead >= 0x20 && lead != 0x7f ? 1 : 0;
    }
    std::size_t const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (text.size() < length || !is_valid_utf8(text.substr(0, length))) {
        return 0;
    }
    bool const c1_control = lead == 0xc2 && byte_at(text, 1) < 0xa0;
    return c1_control ? 0 : length;
}

void append_escape(std::string& out, unsigned byte)
{
    constexpr std::string_view digits = "0123456789abcdef";
    switch (byte) {
    case '\n':
        out += "\\n";
        break;
    case '\r':
        out += "\\r";
        break;
    case '\t':
        out += "\\t";
        break;
    default:
        out += "\\x";
        out += digits[byte >> 4U];
        out += digits[byte & 0x0fU];
    }
}

} // namespace

std::string printable(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        std::size_t const length = printable_length(text);
        if (length == 0) {
            append_escape(out, byte_at(text, 0));
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

} // namespace bayeux::server
