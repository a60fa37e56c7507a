#pragma once

#include "bayeux/request_head.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

/// What a service answers to an HTTP request. The server adds what belongs to the connection, CORS
/// headers and Content-Length; to HEAD it sends no body, nor with the statuses 204 and 304.
struct WebReply {
    unsigned status = 200;
    std::vector<Header> headers;
    std::string body;

    /// A line for human eyes, in UTF-8.
    static WebReply text(unsigned status, std::string_view line);
};

/// Why it cannot be sent: a status outside of 200 to 599, a header whose name or value would break
/// the response, or one that is the server's to write. Empty: it can.
std::string problem_with(WebReply const& reply);

/// Whether a header concerns the connection, and not what is asked or answered (RFC 9110 7.6.1).
bool is_hop_by_hop(std::string_view header_name);

} // namespace bayeux
