#pragma once

#include "bayeux/request_head.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace bayeux {

enum class Transport {
    long_polling,
    callback_polling, ///< JSONP: only connects bring messages (wire-behaviour 1.4)
    websocket,        ///< pushes: a session's messages are sent at once, held connect or not
    eventsource       ///< pushes too, and takes nothing: see Engine::open_stream()
};

/// The request that carried a batch, as far as the engine, policies and services look at it. For a
/// message on a WebSocket it is the request that opened the socket.
struct Request {
    Transport transport = Transport::long_polling;
    std::string browser_id; ///< value of the browser cookie (BAYEUX_BROWSER); empty without one
    /// "address:port" of the other side, or of the client for which it speaks when that is a proxy
    /// that the server trusts (bayeuxd's --trusted-proxy); "local" for a LocalSession.
    std::string peer;
    bool from_page = false; ///< it named the origin of a page (HTTP's Origin), so a browser sent it
    bool secure = false;    ///< it came over TLS

    // Kept only when a service wants them, see ServiceContext::need_request_heads().
    std::string local_address = {};                    ///< "address:port" of this side
    std::shared_ptr<RequestHead const> kept_head = {}; ///< null: not kept

    /// Throws std::logic_error when heads are not kept. Empty for messages of a LocalSession.
    RequestHead const& head() const;
    std::string_view header(std::string_view name) const { return head().header(name); }
    std::string_view cookie(std::string_view name) const { return head().cookie(name); }
    std::string parameter(std::string_view name) const { return head().parameter(name); }
};

} // namespace bayeux
