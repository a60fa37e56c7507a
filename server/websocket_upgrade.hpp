#pragma once

#include "server/http_parser.hpp"
#include "server/http_response.hpp"
#include "server/http_settings.hpp"

#include <string>
#include <string_view>

namespace bayeux::server {

/// The answer's Sec-WebSocket-Accept to a client's Sec-WebSocket-Key (RFC 6455 4.2.2).
std::string websocket_accept(std::string_view key);

enum class Upgrade : unsigned char {
    none,    ///< the connection stays with HTTP
    plain,   ///< it is a WebSocket's
    deflated ///< and permessage-deflate was agreed on
};

struct UpgradeAnswer {
    Upgrade upgrade = Upgrade::none;
    unsigned refusal = 0; ///< its status, when there is none
};

/// Appends the answer to a request for a WebSocket (RFC 6455 4.2, wire-behaviour 12.1).
[[nodiscard]] UpgradeAnswer append_upgrade(std::string& out, HeadView const& head,
    HttpSettings const& settings, ResponseFrame const& frame);

} // namespace bayeux::server
