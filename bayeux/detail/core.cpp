#include "bayeux/detail/core.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/error.hpp"

#include <algorithm>
#include <stdexcept>

namespace bayeux::detail {
namespace {

/// A service that answers its own messages would keep the engine busy for ever, or, with several
/// answers to each, fill the memory.
constexpr std::size_t max_rounds = 10'000;
constexpr std::size_t max_waiting_actions = 2'000'000;

} // namespace

Core::Core(EngineOptions options, RandomSource random, std::shared_ptr<SecurityPolicy> policy)
    : options_(std::move(options)),
      random_(std::move(random)),
      hash_key_{random_(), random_()},
      policy_(std::move(policy)),
      context_(*this),
      damper_(hash_key_),
      addresses_(options_, hash_key_),
      message_rate_(options_.max_message_rate),
      channels_(hash_key_),
      browsers_(hash_key_),
      sessions_(0, StringHash{hash_key_})
{
    for (auto const* name : {"/meta/handshake", "/meta/connect", "/meta/subscribe",
             "/meta/unsubscribe", "/meta/disconnect", "/meta/ping"})
        channels_.create(*this, name).persistent = true;
    for (auto const& [name, timeout] : options_.lazy_channels) {
        auto& lazy = channel(channel_identity(name));
        lazy.set_persistent();
        lazy.set_lazy(timeout);
    }
}

/// Services go first, they may still refer to the rest; so may what is done later. What they keep
/// with sessions, channels and extensions goes with those, when half of this is gone: Timers and
/// RemoteCalls among it find an engine of which nothing can be had any more.
Core::~Core()
{
    ending_ = true;
    services_.clear();
    actions_.clear();
    jobs_.clear();
    waiting_.clear();
}

void Core::later(Action action)
{
    if (!ending_)
        actions_.push_back(std::move(action));
}

/// The frame around everything that comes from outside: time is set, what is due is done first,
/// and at the end nothing is left to do but to wait.
template <class Work>
void Core::turn(Instant now, Outbox& out, Work work)
{
    if (out_ != nullptr)
        throw std::logic_error("the engine was called from inside one of its handlers");
    struct End {
        Core& core;
        ~End()
        {
            core.drop_removed();
            core.out_ = nullptr;
        }
    } const end{*this};
    out_ = &out;
    now_ = std::max(now, now_);
    std::move(early_.logs.begin(), early_.logs.end(), std::back_inserter(out.logs));
    early_.clear();
    if (!started_)
        start_timers();
    wheel_.advance(now_, [this](Deadline& deadline) { on_deadline(deadline); });
    work();
    do
        run_actions();
    while (take_next_decision());
    if (!collecting_)
        send_to_awake();
}

/// Whoever waits for flush() gets nothing any more, so nothing is kept for it.
void Core::drop_removed()
{
    if (collecting_) {
        for (; emptied_ < removed_.size(); ++emptied_)
            drop_waiting(*removed_[emptied_]);
    } else {
        removed_.clear();
        emptied_ = 0;
    }
}

void Core::flush(Instant now, Outbox& out)
{
    collecting_ = false;
    turn(now, out, [] {});
}

void Core::receive(Origin origin, Request request, Batch batch, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        statistics_.messages_received += batch.size();
        auto const is_handshake = [](Message const& message) {
            return channel_identity(message.channel()) == "/meta/handshake";
        };
        if (batch.size() > 1 && std::any_of(batch.begin(), batch.end(), is_handshake)) {
            note_limit(Limit::handshake_alone, statistics_.batches_refused, request.peer);
            out_->replies.push_back(Reply::failed(origin, 500));
            return;
        }
        if (!request.kept_head)
            request.kept_head = no_head_;
        Exchange exchange(origin, std::move(request), std::move(batch));
        exchange.answer = out_->make_reply(origin);
        if (addresses_.counts_messages())
            exchange.permitted =
                addresses_.take_messages(exchange.request.peer, exchange.batch.size(), now_);
        auto const& first = exchange.batch.front();
        if (is_handshake(first))
            begin_session(exchange, random_id());
        else
            exchange.session = session_of(exchange, first.client_id());
        run(std::move(exchange));
    });
}

void Core::request(Origin origin, Request request, std::string body, Instant now, Outbox& out)
{
    turn(now, out, [&] { take_web_request(origin, std::move(request), std::move(body)); });
}

void Core::connection_lost(Origin origin, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        if (auto const found = polls_.find(origin.value); found != polls_.end()) {
            auto& session = *found->second;
            if (session.held && session.held->origin == origin) {
                set_abandoned(session, true);
                expire_after_reply(session, unhold(session).interval);
            }
        }
        for (auto const& [question, exchange] : waiting_)
            if (exchange->origin == origin)
                exchange->lost = true;
        lose_web_request(origin);
        release_link(origin);
    });
}

void Core::open_stream(
    Origin origin, Request request, std::string_view client_id, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        auto* const session = session_of(request, client_id);
        if (session == nullptr) {
            note_limit(Limit::unknown_session, statistics_.unknown_sessions, request.peer);
            out_->replies.push_back(Reply::failed(origin, 400));
            return;
        }
        touch(*session);
        bind_link(*session, {origin, request.transport});
        out_->replies.push_back(Reply::to(origin));
        wake(*session);
    });
}

void Core::link_full(Origin origin)
{
    if (auto* const session = session_on(origin); session != nullptr && has_link(*session, origin))
        session->outlet->full = true;
}

void Core::link_ready(Origin origin, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        auto* const session = session_on(origin);
        if (session == nullptr || !has_link(*session, origin))
            return;
        session->outlet->full = false;
        closing_ ? wind_up(*session) : wake(*session);
    });
}

void Core::undelivered(Reply reply, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        auto* const session = find_session(reply.client_id);
        if (session == nullptr || session->acknowledged)
            return; // its client's next connect tells what it has missed
        session->queue.put_back(std::move(reply.messages), backlog_);
        session->urgent = true;
        wake(*session);
    });
}

void Core::resolve(Pending pending, Decision decision, Instant now, Outbox& out)
{
    turn(now, out, [&] { take_decision(pending, std::move(decision)); });
}

void Core::resolve_later(Pending pending, Decision decision)
{
    decisions_.emplace_back(pending, std::move(decision));
}

/// A batch that is taken up again runs actions of its own, so it never starts from inside one.
bool Core::take_next_decision()
{
    if (decisions_.empty())
        return false;
    auto [pending, decision] = std::move(decisions_.front());
    decisions_.pop_front();
    take_decision(pending, std::move(decision));
    return true;
}

void Core::take_decision(Pending pending, Decision decision)
{
    if (decision.is_later())
        return;
    auto found = waiting_.extract(pending.value);
    if (found.empty())
        return;
    auto exchange = std::move(found.mapped());
    wheel_.cancel(*exchange);
    exchange->decision = std::move(decision);
    if (proceed(*exchange) == Progress::wait)
        suspend(std::move(exchange));
}

void Core::run(std::function<void()> const& task, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        guarded("a posted task", "the engine's thread", [&] {
            task();
            return true;
        });
    });
}

void Core::tick(Instant now, Outbox& out)
{
    turn(now, out, [] {});
}

std::optional<Instant> Core::next_deadline() const
{
    bool const something_waits =
        !actions_.empty() || !decisions_.empty() || !timers_to_start_.empty();
    return something_waits ? now_ : wheel_.next_deadline();
}

void Core::on_deadline(Deadline& deadline)
{
    switch (deadline.kind) {
    case Deadline::Kind::session:
        session_due(static_cast<SessionState&>(deadline));
        break;
    case Deadline::Kind::channel:
        sweep(static_cast<ChannelState&>(deadline));
        break;
    case Deadline::Kind::decision: {
        auto const& exchange = static_cast<Exchange&>(deadline);
        ++statistics_.decisions_timed_out;
        log(LogLevel::warning, std::string("no decision in time on ").append(exchange.channel));
        take_decision(Pending{exchange.question}, Decision::deny(std::string(error::by_timeout)));
        break;
    }
    case Deadline::Kind::timer:
        timer_due(static_cast<TimerState&>(deadline));
        break;
    case Deadline::Kind::web_request:
        web_request_due(static_cast<OpenWebRequest const&>(deadline));
        break;
    case Deadline::Kind::only:
        break; // never in this wheel
    }
}

void Core::run_actions()
{
    auto* const in_work = std::exchange(in_work_, nullptr); // actions are no part of its handling
    do_actions();
    in_work_ = in_work;
}

void Core::do_actions()
{
    for (std::size_t round = 0; !actions_.empty(); ++round) {
        if (round == max_rounds || actions_.size() > max_waiting_actions) {
            log(LogLevel::error, "services keep answering themselves: dropped " +
                                     std::to_string(actions_.size()) + " of their calls");
            relieving_ = false;
            std::exchange(actions_, {}); // what they hold may ask for something when it goes
            return;
        }
        for (auto left = actions_.size(); left > 0; --left) {
            auto const action = std::move(actions_.front());
            actions_.pop_front();
            action();
        }
    }
}

void Core::deliver_later(SessionState const& session, FrozenMessage message)
{
    later([this, id = session.id, message = std::move(message)]() mutable {
        auto* const to = find_session(id);
        if (to != nullptr && extensions_keep(extensions_, *to, message))
            deliver(*to, std::move(message));
    });
}

void Core::disconnect_later(SessionState& session)
{
    if (std::exchange(session.leaving, true))
        return;
    later([this, id = session.id] {
        if (auto* const leaver = find_session(id)) {
            auto message = std::make_shared<Frozen const>(
                Frozen{"/meta/disconnect", R"({"channel":"/meta/disconnect","successful":true})"});
            enqueue(*leaver, std::move(message));
            remove_session(*leaver, Removal::by_server);
        }
    });
}

void Core::check_broadcast_name(std::string_view name) const
{
    auto const refuse = [name](char const* why) {
        throw std::invalid_argument(std::string(name).append(": ").append(why));
    };
    if (!is_name(name))
        refuse("no channel name");
    if (!is_broadcast(name))
        refuse("not a channel to broadcast on");
}

void Core::publish_later(Message message, std::string from)
{
    check_broadcast_name(message.channel());
    if (is_wild(message.channel()))
        throw std::invalid_argument(
            std::string(message.channel()) + ": not a channel to broadcast on");
    later([this, message = std::move(message), from = std::move(from)]() mutable {
        Batch batch;
        batch.push_back(std::move(message));
        Exchange exchange(Origin{}, local_request(), std::move(batch));
        exchange.by_server = true;
        exchange.session = find_session(from);
        run(std::move(exchange));
    });
}

void Core::subscribe_later(SessionState const& session, std::string_view name)
{
    check_broadcast_name(name);
    later([this, id = session.id, name = std::string(channel_identity(name))] {
        auto* const subscriber = find_session(id);
        if (subscriber != nullptr && !subscribe(*subscriber, channel(name), nullptr))
            log(LogLevel::warning, name + ": not subscribed, the session has too many channels");
    });
}

void Core::unsubscribe_later(SessionState const& session, std::string_view name)
{
    check_broadcast_name(name);
    later([this, id = session.id, name = std::string(channel_identity(name))] {
        auto* const subscriber = find_session(id);
        auto* const known = channels_.find(name);
        if (subscriber != nullptr && known != nullptr)
            unsubscribe(*subscriber, *known, nullptr);
    });
}

void Core::remove_channel_later(ChannelState const& channel)
{
    if (is_meta(channel.name))
        throw std::invalid_argument(channel.name + ": cannot be removed");
    later([this, name = channel.name] {
        if (auto* const known = channels_.find(name))
            remove_channel(*known);
    });
}

void Core::shutdown(Duration interval, Instant now, Outbox& out)
{
    turn(now, out, [&] {
        bool const again = std::exchange(closing_, interval).has_value();
        for (auto* const session : sessions())
            again ? send_away(state_of(*session)) : wind_up(state_of(*session));
        end_web_requests();
    });
}

void Core::install(std::unique_ptr<BayeuxService> service)
{
    add_listener(*service);
    services_.push_back(std::move(service));
}

void Core::set_security_policy(std::shared_ptr<SecurityPolicy> policy)
{
    if (std::exchange(policy_is_a_services_, true))
        throw std::logic_error("another service has set a security policy already");
    policy_ = std::move(policy);
}

void Core::add_extension(std::shared_ptr<Extension> extension)
{
    extensions_.push_back(std::move(extension));
}

void Core::need_request_heads()
{
    if (out_ != nullptr)
        throw std::logic_error("need_request_heads() is for constructors of services");
    if (!no_head_)
        no_head_ = std::make_shared<RequestHead const>();
}

/// Of a message that no connection has sent.
Request Core::local_request() const
{
    Request request;
    request.peer = "local";
    request.kept_head = no_head_;
    return request;
}

EngineStatistics Core::statistics() const
{
    auto now = statistics_;
    now.sessions = sessions_.size();
    now.channels = channels_.size();
    now.held_connects = held_count_;
    now.queue_bytes = backlog_.bytes();
    return now;
}

void Core::handler_failed(std::string_view who, std::string_view where, std::string_view what)
{
    ++statistics_.handler_failures;
    log(LogLevel::error, std::string(who).append(" on ").append(where).append(": ").append(what));
}

void Core::note_failure(
    std::string_view owner, std::string_view where, std::exception_ptr const& failure)
{
    guarded(owner, where, [&] {
        std::rethrow_exception(failure);
        return true;
    });
}

void Core::note_bad_message(
    std::string const& owner, std::string_view channel, std::string_view what)
{
    ++statistics_.bad_messages;
    log(LogLevel::warning,
        std::string(owner).append(" on ").append(channel).append(": refused: ").append(what));
}

void Core::log(LogLevel level, std::string text)
{
    if (ending_)
        return; // nobody would read it
    (out_ != nullptr ? *out_ : early_).logs.push_back({level, std::move(text)});
}

/// 128 random bits in 26 characters that need no escaping in JSON, URLs and cookies.
std::string Core::random_id()
{
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
    std::string id;
    id.reserve(26);
    for (int half = 0; half < 2; ++half) {
        auto bits = random_();
        for (int digit = 0; digit < 13; ++digit, bits >>= 5U)
            id += digits[bits & 31U];
    }
    return id;
}

} // namespace bayeux::detail
