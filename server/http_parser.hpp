#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace bayeux::server {

/// What the server looks at in the head of a request. All views lie in the bytes it was parsed
/// from; a header that is absent is empty.
struct HeadView {
    std::string_view bytes; ///< all of it
    std::string_view method;
    std::string_view target;
    std::string_view content_type;
    std::string_view browser_cookie; ///< the value of the cookie asked for
    std::string_view origin;
    std::string_view expect;
    std::string_view if_none_match;
    std::string_view requested_headers; ///< Access-Control-Request-Headers
    std::string_view host;
    std::string_view websocket_key;
    std::string_view websocket_version;
    std::string_view websocket_protocols;  ///< those offered
    std::string_view websocket_extensions; ///< those offered
    bool upgrades_to_websocket = false;    ///< `Connection: upgrade`, `Upgrade: websocket`
    bool accepts_events = false;           ///< `Accept: text/event-stream`

    enum class Version : unsigned char { http_1_0, http_1_1 };
    Version version = Version::http_1_1;
    bool keep_alive = false;
    bool chunked = false;
    std::uint64_t content_length = 0;

    bool has_body() const { return chunked || content_length > 0; }
};

/// The status with which a head has to be refused.
struct HeadError {
    unsigned status;
};

/// The length of the head that `bytes` begin with, or 0 while its end is not there. `resume` says
/// where to look on: 0 at first, then as it was left, with more bytes behind the same ones.
std::size_t find_head_end(std::string_view bytes, std::size_t& resume);

/// Parses a whole head, as far as find_head_end() tells. Refused is also what two readers could
/// understand in different ways: contradicting lengths, folded lines, a second Host or one that is
/// none.
std::variant<HeadView, HeadError> parse_head(
    std::string_view head, std::string_view browser_cookie_name);

} // namespace bayeux::server
