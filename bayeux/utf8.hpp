#pragma once

#include <string>
#include <string_view>

namespace bayeux {

/// Whether `text` is UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);

/// Appends the character with this code point; of a surrogate what would be its bytes.
void append_utf8(std::string& text, char32_t code);

} // namespace bayeux
