#pragma once

#include "bayeux/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bayeux {

/// Who may use a session over HTTP besides knowing its clientId (wire-behaviour 9.5).
enum class TrustClientSession {
    no,       ///< the request must carry the session's browser cookie
    yes,      ///< the clientId is enough
    automatic ///< the cookie is demanded from the first request on that brings one back
};

/// What becomes of a message for a session whose queue is full.
enum class QueuePolicy {
    disconnect,  ///< the session ends: its client learns that it has missed something
    drop_oldest, ///< the messages that wait longest make room; what waits for an acknowledgement
                 ///< stays
    drop_newest
};

/// A channel, perhaps a wild one, whose messages may wait for others (wire-behaviour 14).
struct LazyChannel {
    std::string name;
    std::optional<Duration> timeout; ///< instead of EngineOptions::max_lazy_timeout
};

/// Defaults and limits of the engine. The names are the command line's, with `_` for `-`.
struct EngineOptions {
    Duration timeout{30'000};         ///< hold of a /meta/connect
    Duration interval{0};             ///< advised wait before the next /meta/connect
    Duration max_interval{10'000};    ///< grace after a connect reply before the session expires
    Duration max_lazy_timeout{5'000}; ///< lazy messages wait no longer; <= 0: not at all
    std::vector<LazyChannel> lazy_channels;
    Duration sweep_period{997}; ///< an idle channel goes after three of these

    /// Clients are told max_interval, so that they know when their session is gone (3.2).
    bool handshake_reconnect = false;
    /// Clients that shake hands again and again for nothing have to wait.
    bool damp_handshakes = true;
    /// What a session's listeners send during its handshake comes with the reply (3.2, x-messages).
    bool allow_message_delivery_during_handshake = false;

    int max_sessions_per_browser = 1;       ///< held connects per browser; negative: no limit
    Duration multi_session_interval{2'000}; ///< advised to tabs above it; <= 0 turns them away
    TrustClientSession trust_client_session = TrustClientSession::automatic;
    bool meta_connect_deliver_only = false;
    bool ack = true; ///< clients that ask for acknowledged messages get them (13.1)
    int duplicate_meta_connect_http_response_code = 500;
    bool broadcast_to_publisher = true;
    /// A socket may only use the session it made itself, never take over another.
    bool ws_require_handshake_per_connection = false;
    /// Told in handshake replies; eventsource to those who ask for it.
    std::vector<std::string> allowed_transports{
        "websocket", "long-polling", "callback-polling", "eventsource"};

    // Limits: what happens at each is said where it is checked and in bayeuxd(8).
    /// Messages in one request. Transports refuse more as a whole, by ParseLimits; others are
    /// answered one by one.
    std::size_t max_batch = 1'000;
    std::size_t max_channel_length = 1'024; ///< bytes
    std::size_t max_channel_segments = 64;
    std::size_t max_subscriptions = 10'000; ///< per session
    std::size_t max_channels = 1'000'000;
    std::size_t max_sessions = 1'000'000;
    /// Of one address, as Request::peer names it; of IPv6 addresses the first half counts. 0: any
    /// number, as for all limits per address: clients behind a proxy have one address.
    std::size_t max_sessions_per_address = 0;
    // Per second, counted over ten: so many more may come at once. 0: any number.
    std::size_t max_handshake_rate_per_address = 0;
    std::size_t max_message_rate = 0; ///< of a session
    std::size_t max_message_rate_per_address = 0;
    std::size_t max_queue = 65'536;           ///< messages waiting in one session
    std::size_t max_queue_bytes = 33'554'432; ///< bytes waiting in one session
    /// Bytes waiting in all sessions, where a message counts once however many it waits for.
    std::size_t max_total_queue_bytes = 1'073'741'824;
    QueuePolicy max_queue_policy = QueuePolicy::disconnect;
    Duration decision_timeout{30'000}; ///< for deferred decisions; then refused
    /// A session whose held connect is all that came for so long has ended; 0: never (9, rule 5).
    Duration max_processing{0};
};

} // namespace bayeux
