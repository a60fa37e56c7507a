#pragma once

#include "bayeux/frozen_message.hpp"
#include "server/http_response.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

// Faye's eventsource transport (other-clients rule 2 and section 2): a GET of `<mount>/<clientId>`
// opens a stream of Server-Sent Events, by which the session's messages come while everything else
// is posted. Pure functions.

/// The clientId in the path; nothing when it is not right below one of the `mounts`. Faye 0.8
/// appends it twice.
std::optional<std::string_view> stream_client_id(
    std::string_view path, std::vector<std::string> const& mounts);

/// The head of the stream, and what makes an EventSource see that it is open. It ends with its
/// connection.
void append_stream_start(std::string& out, ResponseFrame const& frame);
/// One event that brings all of them.
void append_event(std::string& out, std::vector<FrozenMessage> const& messages);
/// A comment, so that a proxy does not take the connection for idle, nor we a dead one for alive.
void append_heartbeat(std::string& out);

} // namespace bayeux::server
