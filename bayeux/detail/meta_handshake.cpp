// /meta/handshake (wire-behaviour 3)
//
// request: channel; everything else is optional and unchecked, `clientId` and `advice` are ignored
// reply, granted: clientId, version, minimumVersion, supportedConnectionTypes, complete advice
// reply, refused: advice with reconnect none, unless the policy wrote its own
// It is alone in its batch; Core::receive sees to that.

#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"
#include "bayeux/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::detail {
namespace {

/// The transports that the reply names: CometD's always all of them (3.2), Faye's own to whoever
/// asks for them. Faye posts to other origins only when its own name of long-polling is there.
/// Before 1.0 it names the transport of the handshake alone, and no minimumVersion, and takes any
/// of these.
std::string transports_for(Message const& handshake, std::vector<std::string> const& allowed)
{
    auto const asked = handshake.value("supportedConnectionTypes");
    auto const* const types = asked.if_array();
    auto const is_old_faye =
        types != nullptr && types->size() == 1 && handshake.value("minimumVersion").is_null();
    auto const asks_for = [&](std::string_view transport) {
        return is_old_faye ||
               (types != nullptr && std::find(types->begin(), types->end(),
                                        boost::json::value(transport)) != types->end());
    };
    std::string json = "[";
    auto const append = [&](std::string_view transport) {
        if (json.size() > 1)
            json += ',';
        append_json_string(json, transport);
    };
    for (auto const& transport : allowed) {
        if (transport != "eventsource" || asks_for(transport))
            append(transport);
        if (transport == "long-polling" && asks_for("cross-origin-long-polling"))
            append("cross-origin-long-polling");
    }
    return json += ']';
}

} // namespace

/// A client is known by its cookie, without one by its connection, so that others behind the same
/// address are not harmed.
std::string const& Core::who_is(SessionState const& session)
{
    return session.came_with_cookie ? session.browser.id() : session.peer;
}

/// How long a client has to wait that begins sessions again and again; none for all others.
std::optional<Duration> Core::damp_handshake(SessionState const& session)
{
    if (!options_.damp_handshakes || session.local != nullptr)
        return std::nullopt;
    return told_to_wait(damper_.begins(who_is(session), now_), session.peer);
}

std::optional<Duration> Core::told_to_wait(
    HandshakeDamper::Verdict verdict, std::string const& peer)
{
    if (verdict.wait <= options_.interval)
        return std::nullopt;
    ++statistics_.handshakes_damped;
    if (verdict.first)
        log(LogLevel::warning,
            "a client at " + peer + " shakes hands again and again: told to wait");
    return verdict.wait;
}

/// What listeners have sent to the new session comes with the reply, which says how many (3.2).
void Core::deliver_with_handshake(Exchange& x)
{
    run_actions();
    auto& session = *x.session;
    if (session.acknowledged) {
        auto& batch = session.acknowledged->batch;
        x.reply.set_ext("ack", R"({"enabled":true,"batch":)" + std::to_string(++batch) + "}");
    }
    if (session.queue.empty())
        return;
    x.reply.set_member("x-messages", std::to_string(session.queue.size()));
    x.drains = true;
}

/// The error when there can be no further session; empty when there can.
std::string_view Core::no_room_for(Exchange const& x)
{
    auto const& peer = x.request.peer;
    if (sessions_.size() >= options_.max_sessions) {
        note_limit(Limit::sessions, statistics_.sessions_refused, peer);
        return error::too_many_sessions;
    }
    if (x.in_process())
        return {};
    bool const again = x.decision.has_value(); // the policy has taken its time
    if (!again && !addresses_.may_shake_hands(peer, now_)) {
        note_limit(Limit::handshake_rate_per_address, statistics_.handshakes_too_fast, peer);
        return error::too_many_handshakes;
    }
    if (!addresses_.may_add_session(peer)) {
        note_limit(Limit::sessions_per_address, statistics_.address_sessions_refused, peer);
        return error::too_many_sessions_of_address;
    }
    if (refuses_for_memory()) {
        note_limit(Limit::total_queue_bytes, statistics_.handshakes_without_memory, peer);
        return error::queues_full;
    }
    return {};
}

Progress Core::refuse_handshake(Exchange& x, std::string_view error, Duration interval)
{
    x.reply.fail(error);
    x.reply.advice = Advice{Advice::Reconnect::handshake, interval, options_.timeout};
    x.session = nullptr;
    return Progress::done;
}

Progress Core::meta_handshake(Exchange& x)
{
    auto& session = *x.fresh;
    if (closing_)
        return refuse_handshake(x, error::shutting_down, time_to_come_back());
    if (auto const refusal = no_room_for(x); !refusal.empty())
        return refuse_handshake(x, refusal);
    auto const decision = ask(x, "security policy", Decision::deny(), [&](Pending pending) {
        return policy_->may_handshake(session, x.request, x.message(), x.reply, pending);
    });
    if (decision.is_later())
        return Progress::wait;
    if (decision.denied()) {
        note_denial(x);
        bool const says_why = decision.reason() != error::by_security_policy;
        x.reply.fail(says_why ? error::denied(decision.reason(), "handshake_denied")
                              : std::string(error::handshake_denied));
        if (!x.reply.advice)
            x.reply.advice = Advice{Advice::Reconnect::none, {}, {}};
        x.session = nullptr;
        return Progress::done;
    }

    ++statistics_.handshakes;
    session.life = SessionState::Life::alive;
    // That a handshake brings the cookie does not mean that all requests will: Faye before 1.4
    // shakes hands by script, which brings it, and posts to other origins without it.
    session.browser_cookie = SessionState::BrowserCookie::was_brought;
    session.came_with_cookie = !x.request.browser_id.empty();
    if (!session.came_with_cookie) {
        session.browser_cookie = SessionState::BrowserCookie::was_set;
        x.answer.set_browser_id = random_id();
    }
    session.browser = Browser(
        browsers_, session.came_with_cookie ? x.request.browser_id : x.answer.set_browser_id);
    session.broadcast_to_publisher = options_.broadcast_to_publisher;
    session.connect_only = options_.meta_connect_deliver_only;
    if (options_.trust_client_session == TrustClientSession::no)
        session.browser_cookie = SessionState::BrowserCookie::is_demanded;
    session.advised_transport = x.request.transport;
    session.may_be_program = x.request.transport == Transport::long_polling && !x.request.from_page;
    if (x.request.transport == Transport::websocket && !x.lost) {
        release_link(x.origin);
        links_[x.origin.value] = session.id; // pushing begins with the next message (12.4)
    }
    sessions_.emplace(session.id, std::move(x.fresh));
    addresses_.add_session(session.peer);
    notify(
        "a new session", [&](Listener& listener) { listener.session_added(session, x.message()); });

    x.reply.successful = true;
    x.reply.error.clear();
    x.reply.set_member("clientId", '"' + session.id + '"');
    x.reply.set_member("version", R"("1.0")");
    x.reply.set_member("minimumVersion", R"("1.0")");
    x.reply.set_member(
        "supportedConnectionTypes", transports_for(x.message(), options_.allowed_transports));
    offer_acknowledgements(x);
    x.connect_interval = damp_handshake(session);
    x.reply.advice = advice_for(session, x.connect_interval);
    session.advice_due = false;
    expire_after_reply(session, x.connect_interval);
    return Progress::done;
}

} // namespace bayeux::detail
