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

/// Advised to whom the server has no room for.
constexpr Duration full_interval{10'000};

/// The transports that the reply names: CometD's always all of them (3.2), Faye's own to whoever
/// asks for them. Faye posts to other origins only when its own name of long-polling is there.
std::string transports_for(Message const& handshake, std::vector<std::string> const& allowed)
{
    auto const asked = handshake.value("supportedConnectionTypes");
    auto const asks_for = [&](std::string_view transport) {
        auto const* const types = asked.if_array();
        return types != nullptr && std::find(types->begin(), types->end(),
                                       boost::json::value(transport)) != types->end();
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

Progress Core::meta_handshake(Exchange& x)
{
    auto& session = *x.fresh;
    if (sessions_.size() >= options_.max_sessions) {
        ++statistics_.sessions_refused;
        x.reply.fail(error::too_many_sessions);
        x.reply.advice = Advice{Advice::Reconnect::handshake, full_interval, options_.timeout};
        x.session = nullptr;
        return Progress::done;
    }
    auto const decision = ask(x, "security policy", Decision::deny(), [&](Pending pending) {
        return policy_->may_handshake(session, x.request, x.message(), x.reply, pending);
    });
    if (decision.is_later())
        return Progress::wait;
    if (decision.denied()) {
        x.reply.fail(error::handshake_denied);
        if (!x.reply.advice)
            x.reply.advice = Advice{Advice::Reconnect::none, {}, {}};
        x.session = nullptr;
        return Progress::done;
    }

    ++statistics_.handshakes;
    session.life = SessionState::Life::alive;
    session.browser_id = x.request.browser_id;
    session.bound_to_browser = !session.browser_id.empty();
    if (session.browser_id.empty()) {
        session.browser_id = random_id();
        session.bound_to_browser = options_.trust_client_session == TrustClientSession::no;
        x.set_browser_id = session.browser_id;
    }
    session.advised_transport = x.request.transport;
    if (x.request.transport == Transport::websocket && !x.lost) {
        release_link(x.origin);
        links_[x.origin.value] = session.id; // pushing begins with the next message (12.4)
    }
    sessions_.emplace(session.id, std::move(x.fresh));
    notify(
        "a new session", [&](Listener& listener) { listener.session_added(session, x.message()); });

    x.reply.successful = true;
    x.reply.set_member("clientId", '"' + session.id + '"');
    x.reply.set_member("version", R"("1.0")");
    x.reply.set_member("minimumVersion", R"("1.0")");
    x.reply.set_member(
        "supportedConnectionTypes", transports_for(x.message(), options_.allowed_transports));
    offer_acknowledgements(x);
    x.reply.advice = advice_for(session, std::nullopt);
    session.advice_due = false;
    expire_after_reply(session, std::nullopt);
    return Progress::done;
}

} // namespace bayeux::detail
