#include "bayeux/detail/core.hpp"

namespace bayeux::detail {

/// Into the session's queue, past its extensions (wire-behaviour 5.4).
/// `lazy`: how long it may wait for others; none: not at all.
void Core::deliver(SessionState& session, FrozenMessage message, std::optional<Duration> lazy)
{
    if (session.life == SessionState::Life::removed || session.overflown ||
        !extensions_keep(session.extensions, session, message))
        return;
    if (session.local != nullptr)
        return deliver_locally(session, std::move(message));
    if (!make_room(session, message))
        return;
    ++statistics_.messages_queued;
    auto const& queued = enqueue(session, std::move(message));
    notify_of_delivery([&](DeliveryListener& told) { told.queued(session, queued); });
    if (lazy && *lazy > Duration(0)) {
        session.lazy_due = std::min(session.lazy_due, now_ + *lazy);
        arm(session);
    } else {
        session.urgent = true;
    }
    wake(session);
}

FrozenMessage const& Core::enqueue(SessionState& session, FrozenMessage&& message)
{
    auto const& queued = session.queue.push(std::move(message), backlog_);
    if (backlog_.bytes() > options_.max_total_queue_bytes)
        relieve_later(options_.max_total_queue_bytes);
    return queued;
}

bool Core::extensions_keep(std::vector<std::shared_ptr<Extension>> const& extensions,
    SessionState& session, FrozenMessage& message)
{
    for (auto at = extensions.size(); at-- > 0;) {
        auto const extension = extensions[at];
        auto replacement = message;
        auto const verdict = guarded("delivering extension", message->channel,
            [&] { return extension->delivering(session, replacement); });
        if (verdict == Extension::Verdict::drop)
            return false;
        if (verdict)
            message = std::move(replacement);
    }
    return true;
}

bool Core::fits(SessionState const& session, FrozenMessage const& message) const
{
    auto const* const sent = session.acknowledged.get();
    auto const size = session.queue.size() + (sent != nullptr ? sent->sent.size() : 0);
    auto const bytes = session.queue.bytes() + (sent != nullptr ? sent->bytes : 0);
    return size < options_.max_queue && bytes + message->json.size() <= options_.max_queue_bytes;
}

/// Into a full queue a message goes as the policy and the listeners say; false: it does not.
bool Core::make_room(SessionState& session, FrozenMessage const& message)
{
    if (fits(session, message))
        return true;
    if (!session.queue.empty() && may_answer(session)) {
        // One turn brings more than there is room for; who keeps up shall not end for that.
        send_waiting(session, can_push(session) ? everything : portion);
        if (fits(session, message))
            return true;
    }
    auto policy = options_.max_queue_policy;
    notify_of_delivery(
        [&](DeliveryListener& told) { policy = told.queue_full(session, message, policy); });
    if (policy == QueuePolicy::disconnect) {
        overflow(session);
        return false;
    }
    if (policy == QueuePolicy::drop_oldest) {
        while (!session.queue.empty() && !fits(session, message)) {
            note_limit(Limit::queue_policy, statistics_.messages_dropped, session.peer);
            session.queue.drop_oldest(backlog_);
        }
        if (fits(session, message))
            return true;
    }
    note_limit(Limit::queue_policy, statistics_.messages_dropped, session.peer);
    return false;
}

/// Its client learns that it has missed something: it has to handshake again.
void Core::overflow(SessionState& session)
{
    note_limit(Limit::queue, statistics_.queues_full, session.peer);
    session.overflown = true;
    later([this, id = session.id] {
        if (auto* const leaver = find_session(id))
            remove_session(*leaver, Removal::queue_full);
    });
}

bool Core::delivers_on_connect_only(SessionState const& session, Transport transport) const
{
    return session.connect_only || transport == Transport::callback_polling;
}

bool Core::can_push(SessionState const& session) const
{
    return session.outlet && !session.outlet->full &&
           !delivers_on_connect_only(session, session.outlet->transport);
}

bool Core::has_link(SessionState const& session, Origin link)
{
    return session.outlet && session.outlet->origin == link;
}

bool Core::pushes_to(SessionState const& session, Origin destination) const
{
    return has_link(session, destination) &&
           !delivers_on_connect_only(session, session.outlet->transport);
}

/// Messages for it wait until its client has read what is on the way: they are pushed then, and
/// what is answered meanwhile takes none along.
bool Core::is_full(SessionState const& session, Origin destination) const
{
    return pushes_to(session, destination) && (session.outlet->full || session.outlet->behind);
}

/// Has waiting messages sent at the end of the turn, so that one answer carries all that this
/// turn brought. A session's own batch does not wake its connect: its answer takes the messages
/// along (wire-behaviour 5.2).
void Core::wake(SessionState& session)
{
    if (session.dirty || !session.urgent || !may_answer(session))
        return;
    session.dirty = true;
    awake_.push_back(&session);
}

bool Core::may_answer(SessionState const& session) const
{
    bool const in_work = current_ != nullptr && current_->session == &session;
    return !in_work && (session.held || can_push(session));
}

void Core::send_to_awake()
{
    for (auto* const session : awake_) {
        session->dirty = false;
        if (session->urgent)
            send_waiting(*session);
    }
    awake_.clear();
}

void Core::send_waiting(SessionState& session, std::size_t most)
{
    if (can_push(session))
        push(session, most);
    else if (session.held && !is_full(session, session.held->origin))
        answer_held(session);
}

void Core::push(SessionState& session, std::size_t most)
{
    auto pushed = out_->make_reply(session.outlet->origin);
    give_messages(session, pushed, most);
    if (!pushed.messages.empty())
        out_->replies.push_back(std::move(pushed));
    else
        out_->take_back(std::move(pushed));
}

bool Core::browser_may_hold(SessionState const& session) const
{
    if (options_.max_sessions_per_browser < 0)
        return true;
    return session.browser.held() < options_.max_sessions_per_browser;
}

void Core::note_poll(SessionState& session, Origin origin)
{
    if (session.last_poll == origin)
        return;
    forget_poll(session);
    auto& last = polls_[origin.value];
    if (last != nullptr) // behind a proxy sessions share connections
        last->last_poll = {};
    last = &session;
    session.last_poll = origin;
}

void Core::forget_poll(SessionState& session)
{
    if (session.last_poll != Origin{})
        polls_.erase(std::exchange(session.last_poll, {}).value);
}

void Core::hold(SessionState& session, HeldConnect held, Duration timeout)
{
    note_poll(session, held.origin);
    ++held_count_;
    if (held.counts_for_browser)
        session.browser.add_held(1);
    session.held = std::move(held);
    session.held->until = now_ + timeout;
    auto const processing =
        options_.max_processing > Duration(0) ? now_ + options_.max_processing : never;
    set_due(session, std::min(session.held->until, processing));
    notify_of_delivery([&](DeliveryListener& told) { told.held(session, timeout); });
}

HeldConnect Core::unhold(SessionState& session, Resumed why)
{
    auto held = std::move(*session.held);
    session.held.reset();
    --held_count_;
    if (held.counts_for_browser)
        session.browser.add_held(-1);
    set_due(session, never);
    notify_of_delivery(
        [&](DeliveryListener& told) { told.resumed(session, why == Resumed::timed_out); });
    return held;
}

/// A newer connect takes the place of the held one (wire-behaviour 4.6); the queue is for the
/// new.
void Core::supersede(SessionState& session)
{
    ++statistics_.duplicate_connects;
    auto const held = unhold(session);
    if (held.over_link)
        return; // on a socket the older one is never answered
    out_->replies.push_back(
        Reply::failed(held.origin, options_.duplicate_meta_connect_http_response_code));
}

/// Time is up or messages are there.
void Core::answer_held(SessionState& session)
{
    auto held = unhold(session, session.held->until <= now_ ? Resumed::timed_out : Resumed::early);
    auto const interval = held.interval;
    MessageReply reply;
    reply.successful = true;
    if (std::exchange(session.advice_due, false) || held.advised)
        reply.advice = advice_for(session, interval);
    answer(session, std::move(held), std::move(reply));
    expire_after_reply(session, interval);
}

/// The session ends. With a `failure` the client is to begin anew and gets no more messages.
void Core::answer_held_with(SessionState& session, Advice advice, std::string_view failure)
{
    MessageReply reply;
    reply.successful = failure.empty();
    reply.error = failure;
    reply.advice = advice;
    if (!failure.empty())
        drop_waiting(session);
    answer(session, unhold(session), std::move(reply));
}

void Core::answer(SessionState& session, HeldConnect held, MessageReply reply)
{
    reply.channel = "/meta/connect";
    reply.id = std::move(held.id);
    if (held.extended) {
        reply.members = std::move(held.extended->members);
        reply.ext = std::move(held.extended->ext);
    }
    close_batch(session, reply);
    auto answer = out_->make_reply(held.origin);
    if (extensions_keep(&session, reply))
        append_json(answer.replies, reply);
    if (has_messages(session)) {
        give_messages(session, answer);
    }
    out_->replies.push_back(std::move(answer));
}

Advice Core::advice_for(SessionState const& session, std::optional<Duration> interval) const
{
    Advice advice{
        Advice::Reconnect::retry, interval.value_or(interval_of(session)), timeout_of(session)};
    if (options_.handshake_reconnect)
        advice.max_interval = max_interval_of(session);
    return advice;
}

} // namespace bayeux::detail
