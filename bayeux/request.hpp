#pragma once

#include <string>

namespace bayeux {

enum class Transport {
    long_polling,
    callback_polling, ///< JSONP: only connects bring messages (wire-behaviour 1.4)
    websocket,        ///< pushes: a session's messages are sent at once, held connect or not
    eventsource       ///< pushes too, and takes nothing: see Engine::open_stream()
};

/// The request that carried a batch, as far as the engine and its policies look at it.
struct Request {
    Transport transport = Transport::long_polling;
    std::string browser_id; ///< value of the browser cookie (BAYEUX_BROWSER); empty without one
    std::string peer;       ///< "address:port" of the other side, for policies and logs
    bool from_page = false; ///< it named the origin of a page (HTTP's Origin), so a browser sent it
};

} // namespace bayeux
