#pragma once

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

namespace bayeux::server {

/// What becomes of the connection after a response, in words that the client's version knows.
enum class Persistence : unsigned char {
    keep_alive,
    keep_alive_http_1_0, ///< such a client asked for it and wants it confirmed
    close
};

/// What the head of every response to one request says.
struct ResponseFrame {
    Persistence persistence = Persistence::close;
    std::string_view date = {}; ///< see HttpSettings::date
    /// The page that may read the answer; empty: no CORS headers.
    std::string_view allowed_origin = {};
    bool depends_on_origin = false; ///< another Origin would have got other headers
};

/// How much of a response is sent: HEAD asks for the head alone.
enum class Content { whole, head_only };

// A response is a head, any further headers, and the end of the head; then the body. All of it is
// text appended to `out`.

void append_head(std::string& out, unsigned status, ResponseFrame const& frame);
void append_header(std::string& out, std::string_view name, std::string_view value);
/// Content-Length and the empty line.
void append_head_end(std::string& out, std::size_t content_length);

/// A response without a body.
void append_empty_response(std::string& out, unsigned status, ResponseFrame const& frame);
/// A response for human eyes, in ASCII.
void append_text_response(std::string& out, unsigned status, ResponseFrame const& frame,
    std::string_view text, Content content);

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 5.6.7).
std::string http_date(std::time_t time);

} // namespace bayeux::server
