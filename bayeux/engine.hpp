#pragma once

#include "bayeux/decision.hpp"
#include "bayeux/delivery_listener.hpp"
#include "bayeux/extension.hpp"
#include "bayeux/listener.hpp"
#include "bayeux/message.hpp"
#include "bayeux/options.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/request.hpp"
#include "bayeux/security_policy.hpp"
#include "bayeux/time.hpp"
#include "bayeux/workers.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

class BayeuxService;
class ServiceContext;
namespace detail {
class Core;
}

/// 64 unpredictable bits per call; session ids are made of them.
using RandomSource = std::function<std::uint64_t()>;

/// What the engine has counted since it was made. Gauges say so.
struct EngineStatistics {
    std::uint64_t sessions = 0;      ///< gauge
    std::uint64_t channels = 0;      ///< gauge
    std::uint64_t held_connects = 0; ///< gauge
    std::uint64_t queue_bytes = 0;   ///< gauge: EngineOptions::max_total_queue_bytes
    std::uint64_t handshakes = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t messages_published = 0;
    std::uint64_t messages_queued = 0; ///< one per receiver
    std::uint64_t sessions_expired = 0;
    std::uint64_t unknown_sessions = 0;  ///< messages answered 402
    std::uint64_t handshakes_damped = 0; ///< answered with a longer interval
    std::uint64_t duplicate_connects = 0;
    std::uint64_t multiple_clients = 0; ///< connects not held since the browser holds enough
    std::uint64_t handler_failures = 0; ///< listeners, extensions, policies that threw
    std::uint64_t decisions_timed_out = 0;
    std::uint64_t bad_messages = 0; ///< refused by BadMessage
    std::uint64_t jobs_done = 0;    ///< work in the background
    std::uint64_t web_requests = 0; ///< HTTP requests for services
    // Refused
    std::uint64_t names_refused = 0;   ///< no names of channels, or ids of messages
    std::uint64_t messages_denied = 0; ///< by policies, authorizers, extensions and listeners
    std::uint64_t batches_refused = 0; ///< a handshake among other messages
    // Limits reached
    std::uint64_t batches_too_long = 0;
    std::uint64_t sessions_refused = 0;
    std::uint64_t channels_refused = 0;
    std::uint64_t subscriptions_refused = 0;
    std::uint64_t address_sessions_refused = 0;
    std::uint64_t handshakes_too_fast = 0; ///< of an address
    std::uint64_t messages_too_fast = 0;   ///< of a session
    std::uint64_t address_messages_too_fast = 0;
    std::uint64_t handshakes_without_memory = 0; ///< refused by max_total_queue_bytes
    std::uint64_t sessions_without_memory = 0;   ///< ended by it
    std::uint64_t queues_full = 0;               ///< sessions ended by QueuePolicy::disconnect
    std::uint64_t messages_dropped = 0;          ///< by the other policies
    std::uint64_t jobs_refused = 0;              ///< more work than may wait
};

/// The Bayeux server without a socket, a clock, a thread or a log: messages and the time go in,
/// effects come out. One call at a time: for that time its thread is "the engine's thread". `now`
/// never runs backwards, and no call may be made from inside a handler (std::logic_error).
class Engine {
public:
    Engine(EngineOptions options, RandomSource random,
        std::unique_ptr<SecurityPolicy> policy = std::make_unique<SecurityPolicy>());
    ~Engine();
    Engine(Engine const&) = delete;
    Engine& operator=(Engine const&) = delete;

    // The caller's part: set up before traffic comes.

    /// Where services are attached; it lives as long as the engine.
    ServiceContext& context();
    void install(std::unique_ptr<BayeuxService> service);
    void add_extension(std::shared_ptr<Extension> extension);
    /// Not owned; must outlive the engine.
    void add_listener(Listener& listener);
    /// Whether a service has asked for Request::kept_head; known when all are installed.
    bool needs_request_heads() const;
    /// Where services do what takes long; not owned, must outlive the engine. Without them
    /// ServiceContext::in_background() and post() throw.
    void set_workers(Workers& workers);
    /// The paths whose HTTP requests services answer: everything below one that ends with `/`, else
    /// that path alone. Known when all services are installed.
    std::vector<std::string> request_prefixes() const;

    // Traffic. Each batch is answered by exactly one Reply, now or, when it holds a connect or
    // waits for a decision, by a later call.

    /// From here to flush(), calls answer only what they were asked, and wake nobody: what many of
    /// them bring for one client then leaves in one answer. Otherwise each does all at once.
    void collect();
    void flush(Instant now, Outbox& out);

    /// One HTTP body or one WebSocket text frame.
    void receive(Origin origin, Request request, Batch batch, Instant now, Outbox& out);
    /// A connection that only takes messages: Faye's EventSource. One Reply says at once whether it
    /// is open (empty) or refused (failed, 400: a session that is unknown, or that this browser may
    /// not use). Later Replies bring messages; a failed one ends the stream.
    void open_stream(
        Origin origin, Request request, std::string_view client_id, Instant now, Outbox& out);
    /// An HTTP request on one of request_prefixes(), with its head. One WebAnswer follows, unless
    /// its connection is lost before.
    void request(Origin origin, Request request, std::string body, Instant now, Outbox& out);
    /// The connection that waits for the answer to `origin` is gone. A held connect ends without
    /// its messages being lost (wire-behaviour 4.9).
    void connection_lost(Origin origin, Instant now, Outbox& out);
    /// `reply` could not be handed to its connection: its messages go back to their session.
    void undelivered(Reply reply, Instant now, Outbox& out);
    /// A connection that pushes does not keep up: messages wait in the session's queue
    /// until it is ready. After a Reply with `more` the engine takes it for full by itself.
    void link_full(Origin origin);
    void link_ready(Origin origin, Instant now, Outbox& out);
    /// Answers an open question; a stale or unknown one is ignored.
    void resolve(Pending pending, Decision decision, Instant now, Outbox& out);
    /// Does what another thread has posted (Workers::post).
    void run(std::function<void()> const& task, Instant now, Outbox& out);
    /// Does what is due: expiry, ends of holds, sweeping, what services asked for meanwhile.
    void tick(Instant now, Outbox& out);
    /// When tick() is wanted at the latest; never later than the first deadline.
    std::optional<Instant> next_deadline() const;
    /// From now on nothing new is taken, and sessions end: held connects are answered with advice
    /// to handshake again after `interval`, spread over as much again; at once for clients that are
    /// no browsers (some of which take the interval for seconds). A session for which messages
    /// wait, or wait to be acknowledged, ends when its client has fetched them; called again, this
    /// waits for nobody.
    void shutdown(Duration interval, Instant now, Outbox& out);

    EngineStatistics statistics() const;

private:
    std::unique_ptr<detail::Core> core_;
};

} // namespace bayeux
