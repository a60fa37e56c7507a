#pragma once

#include "bayeux/channel.hpp"
#include "bayeux/detail/addresses.hpp"
#include "bayeux/detail/backlog.hpp"
#include "bayeux/detail/channel_index.hpp"
#include "bayeux/detail/exchange.hpp"
#include "bayeux/detail/handshake_damper.hpp"
#include "bayeux/detail/limit_warnings.hpp"
#include "bayeux/detail/session_state.hpp"
#include "bayeux/detail/timer_state.hpp"
#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/detail/token_bucket.hpp"
#include "bayeux/detail/web_requests.hpp"
#include "bayeux/engine.hpp"
#include "bayeux/service.hpp"
#include "bayeux/workers.hpp"

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bayeux::detail {

/// Work that has been given to another thread.
struct Job {
    std::string owner;   ///< for logs
    std::string session; ///< whose end cancels it; empty: of none
    std::function<void()> then;
    std::function<void(std::exception_ptr)> failed;
};

/// Who was refused a session comes back after it.
constexpr Duration full_interval{10'000};

/// How many bytes of messages an answer takes along, but for a single one that is longer: a backlog
/// shall neither fill connections, nor stand in front of the small reply that comes next.
constexpr std::size_t portion = 131'072;
constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

using ChannelInitialiser = std::function<void(Channel&)>;

/// What becomes of the message in work after one station.
enum class Progress : std::uint8_t {
    next, ///< on to the next station
    done, ///< its reply stands
    wait  ///< for a decision, at this station
};

/// The engine's inside. One class, since all of it works on the same sessions and channels; one
/// file for each part:
///
///   core.cpp            entry points, turns, actions
///   pipeline.cpp        a batch through its stations
///   authorization.cpp   questions to policy, authorizers, listeners, extensions
///   sessions.cpp        finding, expiry, removal
///   delivery.cpp        queues, holds, answers to held connects
///   limits.cpp          clients that are too fast, and the memory of all queues
///   local.cpp           sessions in this process
///   background.cpp      timers, other threads
///   acknowledge.cpp     what was sent and may have to be sent again
///   web_requests.cpp    HTTP requests that services answer
///   channels.cpp        life of channels, subscriptions
///   meta_*.cpp, publish.cpp   what each channel does
///
/// Rules kept everywhere: what a handler asks for is queued as an action and done when no handler
/// runs, so nothing changes under an iteration; a removed session lives on until the turn ends.
class Core {
public:
    Core(EngineOptions options, RandomSource random, std::shared_ptr<SecurityPolicy> policy);
    ~Core();
    Core(Core const&) = delete;
    Core& operator=(Core const&) = delete;

    // Engine
    void collect() { collecting_ = true; }
    void flush(Instant now, Outbox& out);
    void receive(Origin origin, Request request, Batch batch, Instant now, Outbox& out);
    void request(Origin origin, Request request, std::string body, Instant now, Outbox& out);
    void connection_lost(Origin origin, Instant now, Outbox& out);
    void undelivered(Reply reply, Instant now, Outbox& out);
    void open_stream(
        Origin origin, Request request, std::string_view client_id, Instant now, Outbox& out);
    void link_full(Origin origin);
    void link_ready(Origin origin, Instant now, Outbox& out);
    void resolve(Pending pending, Decision decision, Instant now, Outbox& out);
    void run(std::function<void()> const& task, Instant now, Outbox& out);
    void tick(Instant now, Outbox& out);
    std::optional<Instant> next_deadline() const;
    void shutdown(Duration interval, Instant now, Outbox& out);
    EngineStatistics statistics() const;
    void install(std::unique_ptr<BayeuxService> service);
    void add_extension(std::shared_ptr<Extension> extension);
    void add_listener(Listener& listener) { listeners_.push_back(&listener); }
    bool needs_request_heads() const { return no_head_ != nullptr; }
    void set_workers(Workers& workers) { workers_ = &workers; }
    std::vector<std::string> request_prefixes() const;
    ServiceContext& context() { return context_; }

    // Session, Channel, ServiceContext: callable from handlers
    void add_delivery_listener(DeliveryListener& listener)
    {
        delivery_listeners_.push_back(&listener);
    }
    void set_security_policy(std::shared_ptr<SecurityPolicy> policy);
    void deliver_later(SessionState const& session, FrozenMessage message);
    void disconnect_later(SessionState& session);
    /// `from`: a session's id, or empty.
    void publish_later(Message message, std::string from = {});
    void subscribe_later(SessionState const& session, std::string_view channel);
    void unsubscribe_later(SessionState const& session, std::string_view channel);
    void remove_channel_later(ChannelState const& channel);
    /// Throws std::invalid_argument for what no session can be subscribed to by the server.
    void check_broadcast_name(std::string_view name) const;
    std::vector<Session*> sessions() const;
    std::vector<Channel*> channels() const { return channels_.all(); }
    ChannelState* find_channel(std::string_view name) const { return channels_.find(name); }
    Request const* request() const { return in_work_ != nullptr ? &in_work_->request : nullptr; }
    void arm_timer(TimerState& timer, Duration delay);
    void cancel_timer(TimerState& timer)
    {
        if (!ending_) // its neighbours in the wheel may be gone already
            wheel_.cancel(timer);
    }
    void start_job(Job job, std::function<void()> work);
    void post(std::function<void()> task);
    std::shared_ptr<LocalClient> make_local_client(std::string_view hint);
    void send_later(std::shared_ptr<LocalClient> from, Message message, LocalReply replied);
    /// Its session ends behind what it has sent, though its disconnect may have been refused.
    void end_later(std::shared_ptr<LocalClient> client);
    void resolve_later(Pending pending, Decision decision);
    void need_request_heads();
    void add_web_route(WebRoute route);
    void answer_web_later(Origin origin, std::uint64_t serial, std::optional<WebReply> reply);
    SessionState* find_session(std::string_view id) const;
    /// One whose handshake waits for a decision.
    SessionState* find_handshaking(std::string_view id) const;
    /// Finds or creates; `name` must be valid.
    ChannelState& channel(std::string_view name, ChannelInitialiser const& initialise = nullptr);
    Duration timeout_of(SessionState const& session) const;
    Duration interval_of(SessionState const& session) const;
    Duration max_interval_of(SessionState const& session) const;
    std::uint64_t next_listener() { return ++last_listener_; }
    EngineOptions const& options() const { return options_; }
    Instant now() const { return now_; }
    void log(LogLevel level, std::string text);
    void note_failure(
        std::string_view owner, std::string_view where, std::exception_ptr const& failure);
    /// Whether it may be the name of a channel here.
    bool is_name(std::string_view channel) const;
    /// Of a session that gets nothing any more.
    void drop_waiting(SessionState& session);
    void note_bad_message(
        std::string const& owner, std::string_view channel, std::string_view what);

private:
    using Action = std::function<void()>;

    // core.cpp
    template <class Work>
    void turn(Instant now, Outbox& out, Work work);
    void on_deadline(Deadline& deadline);
    void drop_removed();
    void run_actions();
    void do_actions();
    void later(Action action);
    bool take_next_decision();
    void take_decision(Pending pending, Decision decision);
    std::string random_id();
    Request local_request() const;
    template <class Call>
    auto guarded(std::string_view who, std::string_view where, Call call)
        -> std::optional<decltype(call())>;
    void handler_failed(std::string_view who, std::string_view where, std::string_view what);
    template <class Call>
    void notify(std::string_view where, Call call);
    template <class Call>
    void notify_of_delivery(Call call);

    // pipeline.cpp
    void run(Exchange&& x);
    Progress proceed(Exchange& x);
    Progress work_on(Exchange& x);
    Progress station(Exchange& x);
    Progress validate(Exchange& x);
    Progress pass(Exchange& x, std::vector<std::shared_ptr<Extension>> const& extensions);
    Progress check_session(Exchange& x);
    Progress unknown_session(Exchange& x);
    Progress session_ended(Exchange& x);
    Progress find_channel(Exchange& x);
    Progress may_publish(Exchange& x);
    Progress listeners(Exchange& x);
    Progress act(Exchange& x);
    Progress refuse_name(Exchange& x, std::string_view error);
    Progress deny(Exchange& x, std::string_view error);
    void note_denial(Exchange const& x);
    void veto(Exchange& x);
    void finish_message(Exchange& x);
    bool extensions_keep(SessionState* session, MessageReply& reply);
    void suspend(std::unique_ptr<Exchange> exchange);
    void complete(Exchange& x);

    static void note_passed(
        Exchange& x, std::vector<ChannelState*> const& channels, OwnedListener const& last);
    Decision ask_listener(Exchange& x, ChannelState& on, OwnedListener& listener, Pending pending);

    // authorization.cpp
    template <class Question>
    Decision ask(Exchange& x, std::string_view whom, Decision on_throw, Question question);
    Decision authorize(Exchange& x, Operation operation, std::string_view channel);
    Decision ask_authorizers(Exchange& x, Operation operation, std::string_view channel);

    // one handler each
    Progress meta_handshake(Exchange& x);
    std::string_view no_room_for(Exchange const& x);
    Progress refuse_handshake(
        Exchange& x, std::string_view error, Duration interval = full_interval);
    static std::string const& who_is(SessionState const& session);
    std::optional<Duration> damp_handshake(SessionState const& session);
    std::optional<Duration> told_to_wait(HandshakeDamper::Verdict verdict, std::string const& peer);
    void set_abandoned(SessionState& session, bool value);
    void deliver_with_handshake(Exchange& x);
    Progress meta_connect(Exchange& x);
    Progress meta_subscribe(Exchange& x);
    Progress meta_unsubscribe(Exchange& x);
    Progress meta_disconnect(Exchange& x);
    void publish(Exchange& x);
    std::optional<Duration> laziness(
        Message const& message, std::vector<ChannelState*> const& channels) const;

    // local.cpp
    void reply_locally(Exchange& x);
    void deliver_locally(SessionState const& session, FrozenMessage message);

    // background.cpp
    void timer_due(TimerState& timer);
    void start_timers();
    void finish_job(std::uint64_t number, std::exception_ptr const& failure);
    void cancel_jobs_of(SessionState const& session);

    // sessions.cpp
    void begin_session(Exchange& x, std::string id);
    SessionState* remote_session(std::string_view id) const;
    SessionState* session_of(Exchange const& x, std::string_view client_id);
    SessionState* session_of(Request const& request, std::string_view client_id);
    SessionState* session_on(Origin link) const;
    void bind_link(SessionState& session, Link link);
    void release_link(Origin link);
    void end_stream(SessionState& session);
    void touch(SessionState& session);
    void set_due(SessionState& session, Instant when);
    void arm(SessionState& session);
    void session_due(SessionState& session);
    void expire_after_reply(SessionState& session, std::optional<Duration> interval);
    void remove_session(SessionState& session, Removal why, Message const* message = nullptr);

    // delivery.cpp
    bool extensions_keep(std::vector<std::shared_ptr<Extension>> const& extensions,
        SessionState& session, FrozenMessage& message);
    void deliver(
        SessionState& session, FrozenMessage message, std::optional<Duration> lazy = std::nullopt);
    FrozenMessage const& enqueue(SessionState& session, FrozenMessage&& message);
    bool fits(SessionState const& session, FrozenMessage const& message) const;
    bool make_room(SessionState& session, FrozenMessage const& message);
    void overflow(SessionState& session);
    bool delivers_on_connect_only(SessionState const& session, Transport transport) const;
    bool can_push(SessionState const& session) const;
    static bool has_link(SessionState const& session, Origin link);
    bool pushes_to(SessionState const& session, Origin destination) const;
    bool is_full(SessionState const& session, Origin destination) const;
    void wake(SessionState& session);
    bool may_answer(SessionState const& session) const;
    void send_to_awake();
    void send_waiting(SessionState& session, std::size_t most = portion);
    void push(SessionState& session, std::size_t most = portion);
    bool browser_may_hold(SessionState const& session) const;
    void note_poll(SessionState& session, Origin origin);
    void forget_poll(SessionState& session);
    void hold(SessionState& session, HeldConnect held, Duration timeout);
    enum class Resumed : bool { early, timed_out };
    HeldConnect unhold(SessionState& session, Resumed why = Resumed::early);
    void supersede(SessionState& session);
    void answer_held(SessionState& session);
    void answer_held_with(SessionState& session, Advice advice, std::string_view failure);
    void answer(SessionState& session, HeldConnect held, MessageReply reply);
    Advice advice_for(SessionState const& session, std::optional<Duration> interval) const;

    // limits.cpp
    void note_limit(Limit limit, std::uint64_t& counter, std::string_view peer);
    bool is_too_fast(Exchange& x);
    Progress refuse_too_fast(Exchange& x);
    bool refuses_for_memory();
    void relieve_later(std::size_t limit);
    void relieve(std::size_t limit);

    // acknowledge.cpp
    void offer_acknowledgements(Exchange& x);
    bool take_acknowledgement(SessionState& session, Message const& connect);
    void close_batch(SessionState& session, MessageReply& connect_reply);
    void give_messages(SessionState& session, Reply& answer, std::size_t most = portion);
    void note_rest(SessionState& session, Reply& answer);
    static bool has_messages(SessionState const& session);

    // shutdown.cpp
    Duration time_to_come_back();
    void wind_up(SessionState& session);
    void send_away(SessionState& session);

    // web_requests.cpp
    WebRoute const* web_route(std::string_view path) const;
    void take_web_request(Origin origin, Request request, std::string body);
    void end_web_request(Origin origin, WebReply reply);
    void lose_web_request(Origin origin);
    void web_request_due(OpenWebRequest const& waiting);
    void end_web_requests();

    // channels.cpp
    ChannelState& create_channel(std::string_view name, ChannelInitialiser const& initialise);
    void use(ChannelState& channel);
    void sweep(ChannelState& channel);
    void watch_if_idle(ChannelState& channel);
    void remove_channel(ChannelState& channel);
    bool subscribe(SessionState& session, ChannelState& channel, Message const* message);
    void unsubscribe(SessionState& session, ChannelState& channel, Message const* message);
    void end_subscription(SessionState& session, std::size_t position, Message const* message);
    static std::optional<std::size_t> subscription_of(
        SessionState const& session, ChannelState const& channel);

    EngineOptions options_;
    RandomSource random_;
    HashKey hash_key_;
    std::shared_ptr<SecurityPolicy> policy_;
    bool policy_is_a_services_ = false;
    ServiceContext context_;
    std::vector<Listener*> listeners_;
    std::vector<DeliveryListener*> delivery_listeners_;
    Workers* workers_ = nullptr;
    std::vector<std::shared_ptr<Extension>> extensions_;
    EngineStatistics statistics_;
    /// Of messages without a request; null: nobody has asked for heads.
    std::shared_ptr<RequestHead const> no_head_;
    std::deque<WebRoute> web_routes_;

    HandshakeDamper damper_;
    Addresses addresses_;
    Rate message_rate_; ///< of a session
    LimitWarnings warnings_;
    Backlog backlog_; ///< outlives the sessions
    TimerWheel wheel_;
    ChannelIndex channels_;
    Browsers browsers_;
    /// By their id.
    std::unordered_map<std::string_view, std::unique_ptr<SessionState>, StringHash, SameSecret>
        sessions_;
    /// Who has held a connect there last, by origin. A client polls on the same connection again
    /// and again, so this rarely changes.
    std::unordered_map<std::uint64_t, SessionState*> polls_;
    std::size_t held_count_ = 0; ///< sessions with a held connect
    /// Session ids by connection, for transports that push.
    std::unordered_map<std::uint64_t, std::string> links_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Exchange>> waiting_; ///< by question
    std::unordered_map<std::uint64_t, std::unique_ptr<OpenWebRequest>> web_requests_; ///< by origin
    std::uint64_t last_web_request_ = 0;
    std::uint64_t last_question_ = 0;
    std::uint64_t last_publish_ = 0;
    std::uint64_t last_listener_ = 0;
    std::uint64_t last_job_ = 0;
    /// Nobody but the engine's thread holds what is to be done with their results.
    std::unordered_map<std::uint64_t, Job> jobs_;
    /// Made before the first turn.
    std::vector<std::pair<std::weak_ptr<TimerState>, Duration>> timers_to_start_;
    bool started_ = false;            ///< there has been a turn, so the time is known
    bool ending_ = false;             ///< in the destructor: nothing is asked for any more
    std::optional<Duration> closing_; ///< shutdown() was called, with this interval

    // Within a turn
    Instant now_{};
    bool relieving_ = false;             ///< it is among the actions
    std::optional<Instant> short_since_; ///< handshakes are refused for want of memory
    bool collecting_ = false;            ///< turns wake nobody until flush()
    Outbox* out_ = nullptr;              ///< non-null: a turn is under way
    Outbox early_;                       ///< takes logs of set-up, before the first turn
    Exchange* current_ = nullptr;        ///< a client's batch in work
    Exchange* in_work_ = nullptr;        ///< the same, or one of this process; null in actions
    std::vector<SessionState*> awake_;   ///< sessions whose held connect has messages
    std::deque<Action> actions_;
    std::deque<std::pair<Pending, Decision>> decisions_; ///< of ServiceContext::resolve()
    std::vector<std::unique_ptr<SessionState>> removed_; ///< until the turn ends, or flush()
    std::size_t emptied_ = 0; ///< how many of them have been since collect()

    std::vector<std::unique_ptr<BayeuxService>> services_;
};

/// Calls a handler. When it throws that is logged and counted, and there is no result.
template <class Call>
auto Core::guarded(std::string_view who, std::string_view where, Call call)
    -> std::optional<decltype(call())>
{
    try {
        return call();
    } catch (std::exception const& failure) {
        handler_failed(who, where, failure.what());
    } catch (...) {
        handler_failed(who, where, "something that is no std::exception");
    }
    return std::nullopt;
}

template <class Call>
void Core::notify(std::string_view where, Call call)
{
    for (std::size_t i = 0; i < listeners_.size(); ++i)
        guarded("listener", where, [&] {
            call(*listeners_[i]);
            return true;
        });
}

template <class Call>
void Core::notify_of_delivery(Call call)
{
    for (std::size_t i = 0; i < delivery_listeners_.size(); ++i)
        guarded("delivery listener", "a session", [&] {
            call(*delivery_listeners_[i]);
            return true;
        });
}

template <class Question>
Decision Core::ask(Exchange& x, std::string_view whom, Decision on_throw, Question question)
{
    if (x.decision) {
        auto decision = std::move(*x.decision);
        x.decision.reset();
        return decision;
    }
    x.question = ++last_question_;
    return guarded(whom, x.channel, [&] {
        return question(Pending{x.question});
    }).value_or(std::move(on_throw));
}

} // namespace bayeux::detail
