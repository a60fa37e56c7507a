#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux {

/// Whether `text` is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// For text that comes in pieces: how many bytes of it are whole characters, when what is behind
/// them (3 bytes at most) begins one more; nothing when no more bytes can make UTF-8 of it.
std::optional<std::size_t> whole_utf8(std::string_view text);

/// `text` with U+FFFD for each byte that makes it no UTF-8.
std::string valid_utf8(std::string_view text);

/// Appends the character with this code point; of a surrogate what would be its bytes.
void append_utf8(std::string& text, char32_t code);

} // namespace bayeux
