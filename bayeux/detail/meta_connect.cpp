// /meta/connect (wire-behaviour 4)
//
// request: channel, clientId; connectionType is not checked; advice.timeout and advice.interval
//          count for this one connect
// reply: at once or after the hold; advice only when it is due (4.3)

#include "bayeux/detail/core.hpp"

namespace bayeux::detail {
namespace {

std::optional<Duration> non_negative(std::optional<std::int64_t> milliseconds)
{
    // A day is beyond any use, and keeps sums far from overflow.
    constexpr std::int64_t day = 86'400'000;
    if (!milliseconds || *milliseconds < 0)
        return std::nullopt;
    return Duration(std::min(*milliseconds, day));
}

std::unique_ptr<MessageReply> what_extensions_wrote(MessageReply& reply)
{
    if (reply.members.empty() && !reply.ext)
        return nullptr;
    auto written = std::make_unique<MessageReply>();
    written->members = std::move(reply.members);
    written->ext = std::move(reply.ext);
    return written;
}

} // namespace

Progress Core::meta_connect(Exchange& x)
{
    auto& session = *x.session;
    x.reply.successful = true;
    if (x.lost)
        return Progress::done; // a newer connect may be held already
    bool const first = !std::exchange(session.connected, true);
    if (first)
        damper_.uses(who_is(session));
    if (session.held)
        supersede(session);
    x.held.reset();          // it may have been an earlier one of this batch
    set_due(session, never); // no expiry until this connect is answered

    auto const& client = x.message().advice();
    auto const timeout =
        non_negative(client ? client->timeout : std::nullopt).value_or(timeout_of(session));
    auto const interval = non_negative(client ? client->interval : std::nullopt);
    bool const missing = take_acknowledgement(session, x.message());
    bool const advised =
        client.has_value() || missing || session.advised_transport != x.request.transport;
    session.advised_transport = x.request.transport;

    x.answers_connect = true;
    x.connect_interval = interval.value_or(interval_of(session));

    bool const pushes = x.request.transport == Transport::websocket;
    if (!pushes && session.outlet && session.outlet->transport == Transport::websocket)
        session.outlet.reset(); // the client has left its socket
    bool const waiting =
        missing || (session.urgent && !can_push(session) && !is_full(session, x.origin));
    // During a shutdown it is held to be sent away.
    bool const holds = closing_ || (!first && timeout > Duration(0));
    bool const at_once = !holds || waiting || session.leaving || (!pushes && x.batch.size() > 1);
    if (!at_once) {
        bool const counts = !pushes && !x.request.browser_id.empty();
        if (counts && session.browser.id() != x.request.browser_id)
            session.browser = Browser(browsers_, x.request.browser_id);
        if (!counts || closing_ || browser_may_hold(session)) {
            x.held = x.at;
            hold(session,
                {.origin = x.origin,
                    .id = std::move(x.reply.id),
                    .extended = what_extensions_wrote(x.reply),
                    .interval = interval,
                    .advised = advised,
                    .over_link = pushes,
                    .counts_for_browser = counts},
                timeout);
            return Progress::done;
        }
    }

    close_batch(session, x.reply);
    if (std::exchange(session.advice_due, false) || advised)
        x.reply.advice = advice_for(session, interval);
    if (session.leaving) { // a handler of this connect has ended the session (4.2, rule 7)
        auto& advice = x.reply.advice ? *x.reply.advice : x.reply.advice.emplace();
        advice.reconnect = Advice::Reconnect::none;
    }
    if (!at_once) { // another tab of this browser holds already (4.7)
        ++statistics_.multiple_clients;
        auto& advice = x.reply.advice ? *x.reply.advice : x.reply.advice.emplace();
        advice.multiple_clients = true;
        if (options_.multi_session_interval > Duration(0)) {
            advice.interval = options_.multi_session_interval;
            x.connect_interval = options_.multi_session_interval;
        } else {
            x.reply.successful = false;
            advice = {.reconnect = Advice::Reconnect::none, .multiple_clients = true};
        }
    }
    return Progress::done;
}

} // namespace bayeux::detail
