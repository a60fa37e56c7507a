#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::cli {

/// An answer of an HTTP/1.1 server. Views into what it was made of.
struct HttpAnswer {
    int status = 0;
    std::string_view head; ///< status line and header fields, without the empty line
    std::string_view body;
    std::size_t length = 0; ///< how many bytes it took
};

/// The first answer of `bytes`, which begin with one; nothing while it is incomplete. Its end is
/// told by Content-Length or chunks, or it has no body.
/// @param joined keeps the body if it came in chunks
/// @throws Failure for what is no such answer
std::optional<HttpAnswer> first_answer(std::string_view bytes, std::string& joined);

/// The value of the first header field of this name (lower case), without the blanks around it.
std::optional<std::string_view> header_value(std::string_view head, std::string_view name);

} // namespace bayeux::cli
