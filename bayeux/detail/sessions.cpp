#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"

#include <algorithm>

namespace bayeux::detail {

SessionState* Core::find_session(std::string_view id) const
{
    if (ending_)
        return nullptr;
    auto const found = sessions_.find(id);
    return found == sessions_.end() ? nullptr : found->second.get();
}

SessionState* Core::find_handshaking(std::string_view id) const
{
    for (auto const& [question, exchange] : waiting_)
        if (exchange->fresh && exchange->fresh->id == id)
            return exchange->fresh.get();
    return nullptr;
}

/// Null too for a session in this process, which no request may use.
SessionState* Core::remote_session(std::string_view id) const
{
    auto* const session = find_session(id);
    return session != nullptr && session->local == nullptr ? session : nullptr;
}

/// The session that a handshake is to make.
void Core::begin_session(Exchange& x, std::string id)
{
    x.fresh = std::make_unique<SessionState>(*this);
    x.fresh->id = std::move(id);
    x.fresh->peer = x.request.peer;
    if (x.request.kept_head)
        if (auto const agent = x.request.header("User-Agent"); !agent.empty())
            x.fresh->get_extras().user_agent = agent;
    x.session = x.fresh.get();
}

/// The session that a batch may use. A socket keeps to its session while that lives; else it takes
/// over the one whose clientId its first message knows (wire-behaviour 12.3).
SessionState* Core::session_of(Exchange const& x, std::string_view client_id)
{
    if (x.request.transport != Transport::websocket)
        return session_of(x.request, client_id);
    if (auto* const own = session_on(x.origin))
        return own;
    return options_.ws_require_handshake_per_connection ? nullptr : remote_session(client_id);
}

SessionState* Core::session_on(Origin link) const
{
    auto const found = links_.find(link.value);
    return found == links_.end() ? nullptr : find_session(found->second);
}

/// From now on the session's messages go out on `link`.
void Core::bind_link(SessionState& session, Link link)
{
    if (has_link(session, link.origin))
        return;
    end_stream(session);
    if (session_on(link.origin) != &session)
        release_link(link.origin);
    links_[link.origin.value] = session.id;
    session.outlet = link;
}

/// Its EventSource, if it has one. A socket whose session has moved stays open (12.3).
void Core::end_stream(SessionState& session)
{
    if (!session.outlet || session.outlet->transport != Transport::eventsource)
        return;
    out_->replies.push_back(Reply::failed(session.outlet->origin, 500));
    links_.erase(session.outlet->origin.value);
    session.outlet.reset();
}

/// The session that spoke there keeps nothing of it.
void Core::release_link(Origin link)
{
    if (auto* const former = session_on(link)) {
        if (has_link(*former, link)) {
            former->outlet.reset();
            set_abandoned(*former, true);
        }
        if (former->held && former->held->origin == link)
            expire_after_reply(*former, unhold(*former).interval);
    }
    links_.erase(link.value);
}

/// The session that a request may use (wire-behaviour 9.5 and TrustClientSession).
SessionState* Core::session_of(Request const& request, std::string_view client_id)
{
    auto* const session = remote_session(client_id);
    if (session == nullptr || options_.trust_client_session == TrustClientSession::yes)
        return session;
    using BrowserCookie = SessionState::BrowserCookie;
    if (session->browser_cookie != BrowserCookie::is_demanded && request.browser_id.empty())
        return session;
    if (session->browser_cookie == BrowserCookie::was_set)
        session->browser = Browser(browsers_, request.browser_id);
    if (!same_secret(session->browser.id(), request.browser_id))
        return nullptr;
    session->browser_cookie = BrowserCookie::is_demanded;
    return session;
}

/// Any valid message keeps its session alive, if an expiry is running (wire-behaviour 9, rule 3).
void Core::touch(SessionState& session)
{
    set_abandoned(session, false);
    if (session.held && options_.max_processing > Duration(0))
        set_due(session, std::min(session.held->until, now_ + options_.max_processing));
    if (session.held || session.due == never)
        return;
    if (auto const later_expiry = now_ + max_interval_of(session); later_expiry > session.due)
        set_due(session, later_expiry);
}

/// Its connection has gone, or it has been heard of again.
void Core::set_abandoned(SessionState& session, bool value)
{
    if (std::exchange(session.abandoned, value) == value || !options_.damp_handshakes)
        return;
    if (!session.came_with_cookie)
        return; // it is known by a connection, which will not come again
    if (value)
        damper_.leaves(who_is(session), now_);
    else
        damper_.uses(who_is(session));
}

/// `interval`: what the client has announced, or was told, instead of the session's.
void Core::expire_after_reply(SessionState& session, std::optional<Duration> interval)
{
    if (session.local == nullptr)
        set_due(session, now_ + interval.value_or(interval_of(session)) + max_interval_of(session));
}

void Core::set_due(SessionState& session, Instant when)
{
    session.due = when;
    arm(session);
}

void Core::arm(SessionState& session)
{
    if (auto const next = std::min(session.due, session.lazy_due); next != never)
        wheel_.arm(session, next);
    else
        wheel_.cancel(session);
}

/// One of its times has come, or one that has been put off since.
void Core::session_due(SessionState& session)
{
    if (session.lazy_due <= now_) {
        session.lazy_due = never;
        session.urgent = true;
        wake(session);
    }
    if (session.due > now_)
        return arm(session);
    if (session.held && session.held->until <= now_)
        return answer_held(session);
    ++statistics_.sessions_expired;
    remove_session(session, Removal::expired);
}

/// The order of wire-behaviour 7.1.
void Core::remove_session(SessionState& session, Removal why, Message const* message)
{
    if (session.life != SessionState::Life::alive)
        return;
    notify("a session's end",
        [&](Listener& listener) { listener.session_removed(session, why, message); });
    session.life = SessionState::Life::removed;
    addresses_.remove_session(session.peer);
    if (why == Removal::disconnected && options_.damp_handshakes)
        damper_.leaves(who_is(session), now_);
    session.disconnected = why == Removal::disconnected || why == Removal::by_server;
    session.lazy_due = never;
    set_due(session, never);
    while (!session.subscriptions.empty())
        end_subscription(session, session.subscriptions.size() - 1, nullptr);
    removed_.push_back(std::move(sessions_.extract(session.id).mapped()));
    if (session.held) {
        if (why == Removal::expired) // by max_processing: there is nothing to say (9, rule 7)
            out_->replies.push_back(Reply::failed(unhold(session).origin, 500));
        else if (why == Removal::queue_full)
            answer_held_with(session,
                {Advice::Reconnect::handshake, interval_of(session), timeout_of(session)},
                error::session_unknown);
        else
            answer_held_with(session, {Advice::Reconnect::none, {}, {}}, {});
    }
    if (why == Removal::by_server && !session.queue.empty() && session.outlet &&
        pushes_to(session, session.outlet->origin))
        push(session); // the client is told, even when it has no connect held
    forget_poll(session);
    end_stream(session);
    if (why == Removal::expired)
        drop_waiting(session); // no answer takes it along
    cancel_jobs_of(session);
    for (auto const& [question, exchange] : waiting_)
        if (exchange->session == &session)
            exchange->leave_session();
}

Duration Core::timeout_of(SessionState const& session) const
{
    return session.timeout.value_or(options_.timeout);
}

Duration Core::interval_of(SessionState const& session) const
{
    return session.interval.value_or(options_.interval);
}

Duration Core::max_interval_of(SessionState const& session) const
{
    auto const* const extras = session.extras.get();
    return extras != nullptr ? extras->max_interval.value_or(options_.max_interval)
                             : options_.max_interval;
}

std::vector<Session*> Core::sessions() const
{
    std::vector<Session*> all;
    all.reserve(sessions_.size());
    for (auto const& [id, session] : sessions_)
        all.push_back(session.get());
    return all;
}

} // namespace bayeux::detail
