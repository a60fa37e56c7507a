#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bayeux::server {

/// The parts of a request target that say what is asked for. Views into it.
struct RequestTarget {
    std::string_view path;  ///< as sent; begins with `/`, or is `*`
    std::string_view query; ///< as sent, with its `?`; empty without one
};

/// Takes apart `/path?query` and `http://host/path?query` (RFC 9112 3.2). Nothing when it is
/// neither of them nor `*`.
std::optional<RequestTarget> split_target(std::string_view target);

enum class Plus { itself, space };

/// `text` with its `%XX` replaced; nothing when a `%` stands without two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

} // namespace bayeux::server
