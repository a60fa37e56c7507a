#pragma once

#include "bayeux/message.hpp"
#include "server/cors.hpp"
#include "server/network.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace bayeux::server {

class AddressQuota;
class MemoryBudget;
class MessageDeflate;
class Refusals;
class StaticFiles;

/// What the HTTP connections of one I/O loop have in common. Each loop has its own copy, and none
/// but that loop touches it while it runs.
struct HttpSettings {
    /// Mount points of the Bayeux resource: begin with `/`, and have no `/` at the end (but for
    /// `/` alone).
    std::vector<std::string> paths{"/cometd"};
    /// Paths that services answer, see Engine::request_prefixes(). Those below `paths` are not.
    std::vector<std::string> service_paths;
    AllowedOrigins allowed_origins;
    StaticFiles const* static_files = nullptr; ///< null: there are none
    Refusals* refusals = nullptr;              ///< of the server; null: nobody counts them
    /// Who is believed when it says for whom it speaks.
    Networks trusted_proxies;
    /// Of the server, for the clients of these; null: nobody counts them.
    AddressQuota* address_quota = nullptr;
    MemoryBudget* memory = nullptr; ///< of the server; null: any amount
    std::string browser_cookie_name = "BAYEUX_BROWSER";
    /// What follows name and value in Set-Cookie (wire-behaviour 3.4).
    std::string browser_cookie_attributes = "; Path=/; HttpOnly";

    std::size_t max_header_size = 16'384;     ///< bytes, request line and headers; else 431
    std::size_t max_message_size = 1'048'576; ///< bytes of a request's body; else 413
    ParseLimits parse_limits;                 ///< of a batch: else 400, and 413
    bool keep_heads = false;                  ///< services want Request::kept_head

    bool long_polling = true;
    bool callback_polling = true;
    bool eventsource = true;
    bool websocket = true;   ///< upgrades are accepted
    std::string ws_protocol; ///< subprotocol that is demanded; empty: none
    /// Of this loop alone; null: permessage-deflate is not agreed on.
    std::shared_ptr<MessageDeflate> ws_deflate;
    std::size_t ws_max_message_size = 1'048'576; ///< bytes of a message; else close 1009
    /// Bytes of a message for each byte of its compressed form; what is short may always be so.
    std::size_t ws_max_compression_ratio = 100;
    std::size_t ws_messages_per_frame = 1;

    /// Value of the Date header, see http_date(). The loop renews it once per second. Empty: the
    /// header is left out.
    std::string date;
};

} // namespace bayeux::server
