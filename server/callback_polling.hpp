#pragma once

#include "bayeux/outbox.hpp"
#include "server/http_response.hpp"
#include "server/http_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

// The callback-polling transport (JSONP; wire-behaviour 1.4, other-clients rule 3): messages come
// in the query of a GET, the answer is a script that hands them to a function of the page.
// Pure functions.

struct CallbackQuery {
    std::string callback; ///< where the answer goes; harmless in a script
    std::vector<std::string> messages;
};

/// What the query of a URL (with its `?`) asks for; nothing when it is not meant for this
/// transport, or its callback is not one that we would let into a script.
std::optional<CallbackQuery> parse_callback_query(std::string_view query);

/// Appends the response that brings `reply` to `callback`.
void append_callback_reply(std::string& out, Reply const& reply, std::string_view callback,
    ResponseFrame const& frame, HttpSettings const& settings);

} // namespace bayeux::server
