#pragma once

#include "bayeux/detail/browsers.hpp"
#include "bayeux/detail/message_queue.hpp"
#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/detail/token_bucket.hpp"
#include "bayeux/message_reply.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/request.hpp"
#include "bayeux/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bayeux::detail {

class Core;
class LocalClient;
struct ChannelState;

/// A connection that takes a session's messages at any time.
struct Link {
    Origin origin;
    Transport transport;
    bool full = false;   ///< messages wait in the queue until it has sent what it was given
    bool behind = false; ///< the queue has been longer than a portion, and not been empty since
};

/// What the ack extension keeps (acknowledge.cpp).
struct Acknowledgements {
    struct Sent {
        FrozenMessage message;
        std::int64_t batch; ///< that it was sent with first
    };
    std::int64_t batch = 0; ///< of the last connect reply
    std::vector<Sent> sent; ///< and not acknowledged yet, oldest first
    std::size_t bytes = 0;  ///< of these
};

/// A /meta/connect that has been accepted and not answered yet: what its reply needs.
struct HeldConnect {
    Origin origin;
    std::optional<std::string> id;
    std::unique_ptr<MessageReply> extended; ///< what extensions have put into the reply, if any
    std::optional<Duration> interval;       ///< announced by the client, instead of the session's
    Instant until{};                        ///< the end of the hold
    bool advised = false;                   ///< the reply carries advice
    bool over_link = false;                 ///< came over a WebSocket
    bool counts_for_browser = false;
};

/// One side of a subscription; the channel holds the other. Both know the other's place, so that
/// either end is removed in constant time.
struct Subscription {
    ChannelState* channel;
    std::uint32_t position; ///< in ChannelState::subscribers
};

/// What few sessions have.
struct SessionExtras {
    Attributes attributes;
    std::optional<Duration> max_interval; ///< instead of the options'
    std::string user_agent;               ///< kept when heads are
};

constexpr Instant never = Instant::max();

/// As a Deadline: whatever comes first of `due` and `lazy_due`.
struct SessionState final : Session, Deadline {
    explicit SessionState(Core& owner) : Deadline(Kind::session), core(owner) {}
    SessionState(SessionState const&) = delete;
    SessionState& operator=(SessionState const&) = delete;
    ~SessionState();

    enum class Life : std::uint8_t { fresh, alive, removed };
    /// What is known of the browser's cookie (TrustClientSession): set by the handshake's
    /// reply, where another tab's may take its place; brought by the handshake already; or brought
    /// by a later request, and demanded of all from then on.
    enum class BrowserCookie : std::uint8_t { was_set, was_brought, is_demanded };

    Core& core;
    std::string id;
    Browser browser;
    std::string peer;
    Life life = Life::fresh;
    bool connected = false;
    BrowserCookie browser_cookie = BrowserCookie::was_set;
    bool may_be_program = false; ///< nothing in its handshake but the cookie could be a browser's
    bool broadcast_to_publisher = true;
    bool connect_only = false;     ///< only answers to its connects bring messages (4.5)
    bool advice_due = false;       ///< server code changed timeout or interval
    bool dirty = false;            ///< stands in Core's list of sessions to wake
    bool leaving = false;          ///< a handler has asked for its end, which is queued
    bool disconnected = false;     ///< it ended because its client or a handler said so
    bool came_with_cookie = false; ///< its handshake did
    bool abandoned = false;        ///< its connection has gone, and it has not been heard of since
    bool overflown = false;        ///< its queue was full: takes no more, its end is queued
    Transport advised_transport = Transport::long_polling;
    Transport transport = Transport::long_polling; ///< of its last message
    std::optional<Duration> timeout;               ///< instead of the options'
    std::optional<Duration> interval;              ///< instead of the options'

    std::shared_ptr<LocalClient> local; ///< non-null: it takes the messages, there is no queue

    Origin last_poll;           ///< where it held its last connect; see Core::polls_
    std::optional<Link> outlet; ///< the last WebSocket it spoke on, or its EventSource

    MessageQueue queue;
    bool urgent = false;      ///< there is something in the queue that shall not wait longer
    Instant lazy_due = never; ///< when the rest of it becomes urgent
    std::unique_ptr<Acknowledgements> acknowledged; ///< null: its client has not asked for them
    std::optional<HeldConnect> held;
    Instant due = never; ///< the end of the hold while a connect is held, else the expiry
    TokenBucket sends;   ///< EngineOptions::max_message_rate
    std::uint64_t last_publish = 0; ///< serial of the last broadcast that reached it

    std::vector<Subscription> subscriptions;
    std::vector<std::shared_ptr<Extension>> extensions;

    SessionExtras& get_extras()
    {
        if (!extras)
            extras = std::make_unique<SessionExtras>();
        return *extras;
    }
    std::unique_ptr<SessionExtras> extras; ///< null until one of them is set
};

inline SessionState& state_of(Session& session)
{
    return static_cast<SessionState&>(session);
}
inline SessionState const& state_of(Session const& session)
{
    return static_cast<SessionState const&>(session);
}

} // namespace bayeux::detail
