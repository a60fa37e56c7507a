// What the naive model does with each message; the rest of it is in naive_model.cpp.

#include "tests/support/naive_model.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::testing {
namespace {

/// What subscribers get of a message.
std::string published(PlainMessage const& message)
{
    auto json = R"({"channel":)" + quoted(*message.channel);
    if (!message.data.empty())
        json += R"(,"data":)" + message.data;
    if (!message.subscription.empty())
        json += R"(,"subscription":)" + message.subscription;
    return json + "}";
}

} // namespace

bool NaiveModel::valid(std::string_view name) const
{
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789 !#$()*+-./@_{~}";
    if (name.size() < 2 || name.size() > options_.max_channel_length || name[0] != '/' ||
        name.find_first_not_of(allowed) != std::string_view::npos)
        return false;
    auto const id = identity(name);
    auto const parts = segments(id);
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (parts[i].empty() || (i + 1 < parts.size() && (parts[i] == "*" || parts[i] == "**")))
            return false;
    return id.size() >= 2 && !id.ends_with('/');
}

void NaiveModel::work_on(Exchange& x, PlainReply& reply)
{
    auto const& message = x.batch[x.at];
    if (!message.channel)
        return reply.fail("400::channel_missing");
    if (!valid(*message.channel))
        return reply.fail("405::channel_invalid");
    if (message.id && (message.id->empty() || std::any_of(message.id->begin(), message.id->end(),
                                                  [](char c) { return std::isalnum(c) == 0; })))
        return reply.fail("405::message_id_invalid");
    if (x.at >= options_.max_batch)
        return reply.fail("413::batch_too_long");

    auto const name = identity(*message.channel);
    if (name == "/meta/handshake")
        return handshake(x, reply);
    auto* const session = x.session;
    if (session == nullptr || session->life != Life::alive ||
        message.client_id != session->names.client_id) {
        bool const said_goodbye = session != nullptr && session->life == Life::disconnected;
        if (name == "/meta/connect")
            reply.advice = advice_json(said_goodbye ? "none" : "handshake", Duration(0));
        return reply.fail("402::session_unknown");
    }
    if (session->expiry)
        session->expiry = std::max(*session->expiry, now_ + options_.max_interval);

    if (channel(name) == nullptr && is_meta(name))
        return reply.fail("403:denied_by_security_policy:channel_create_denied");
    if (channel(name) == nullptr && channels_.size() >= options_.max_channels)
        return reply.fail("403:too_many_channels:channel_create_denied");
    use(name);
    serve(*session, name, message);
    if (name == "/refused")
        return reply.fail("404::message_deleted");
    if (name == "/meta/connect")
        return connect(x, reply);
    if (name == "/meta/subscribe")
        return subscribe(*session, message, reply);
    if (name == "/meta/unsubscribe")
        return unsubscribe(*session, message, reply);
    reply.successful = true;
    if (name == "/meta/disconnect")
        remove(*session, Life::disconnected, "disconnected");
    else if (!is_meta(name) && !is_service(name))
        broadcast(session, name, published(message));
}

void NaiveModel::handshake(Exchange& x, PlainReply& reply)
{
    if (sessions_.size() >= options_.max_sessions) {
        reply.advice = advice_json("handshake", Duration(10'000), options_.timeout);
        return reply.fail("503::too_many_sessions");
    }
    auto& session = sessions_.emplace_back();
    session.names = x.names;
    session.bound = options_.trust_client_session == TrustClientSession::no;
    session.cookie_is_new = x.browser_id.empty() && !session.bound;
    x.answer.sets_cookie = x.browser_id.empty();
    if (!x.browser_id.empty())
        session.names.browser_id = x.browser_id;
    reply.successful = true;
    std::string types;
    for (auto const& transport : options_.allowed_transports)
        if (transport != "eventsource") // nobody asks for it here
            types += (types.empty() ? "" : ",") + quoted(transport);
    reply.more = R"(,"clientId":)" + quoted(x.names.client_id) +
                 R"(,"version":"1.0","minimumVersion":"1.0","supportedConnectionTypes":[)" + types +
                 "]";
    reply.advice = retry_advice(session, interval_of(session));
    expire_after(session, interval_of(session));
}

void NaiveModel::connect(Exchange& x, PlainReply& reply)
{
    auto& session = *x.session;
    bool const first = !std::exchange(session.connected, true);
    if (session.held) {
        answers[session.held->origin] =
            Answer{now_, options_.duplicate_meta_connect_http_response_code};
        session.held.reset();
    }
    session.expiry.reset();

    auto const& message = x.batch[x.at];
    auto const& client = message.advice;
    auto const asked = [](std::optional<std::int64_t> time) {
        return time && *time >= 0 ? std::optional(Duration(*time)) : std::nullopt;
    };
    auto const timeout =
        asked(client ? client->timeout : std::nullopt).value_or(timeout_of(session));
    auto const announced = asked(client ? client->interval : std::nullopt);
    auto const interval = announced.value_or(interval_of(session));
    auto const held_by_browser = std::count_if(sessions_.begin(), sessions_.end(),
        [&](Session const& s) { return s.held && s.held->browser_id == x.browser_id; });
    bool const at_once = first || timeout == Duration(0) || x.batch.size() > 1 ||
                         !session.queue.empty() || session.leaving;
    bool const crowded = !at_once && !x.browser_id.empty() &&
                         options_.max_sessions_per_browser >= 0 &&
                         held_by_browser >= options_.max_sessions_per_browser;
    if (!at_once && !crowded) {
        x.holds = true;
        session.held =
            Held{x.origin, message.id, announced, client.has_value(), x.browser_id, now_ + timeout};
        return;
    }
    x.connect_interval = interval;
    reply.successful = true;
    bool const advised = std::exchange(session.advice_due, false) || client;
    if (session.leaving)
        reply.advice =
            advised ? advice_json("none", interval, timeout_of(session)) : advice_json("none");
    else if (crowded && options_.multi_session_interval <= Duration(0)) {
        reply.successful = false;
        reply.advice = advice_json("none", {}, {}, true);
    } else if (crowded) {
        x.connect_interval = options_.multi_session_interval;
        reply.advice = advice_json("retry", options_.multi_session_interval,
            advised ? std::optional(timeout_of(session)) : std::nullopt, true);
    } else if (advised)
        reply.advice = retry_advice(session, interval);
}

void NaiveModel::subscribe(Session& session, PlainMessage const& message, PlainReply& reply)
{
    if (message.subscription.empty())
        return reply.fail("403::subscription_missing");
    if (!message.names || !std::all_of(message.names->begin(), message.names->end(),
                              [this](std::string const& name) { return valid(name); }))
        return reply.fail("403::subscription_invalid");
    for (auto const& asked : *message.names) {
        auto const name = identity(asked);
        auto const* const known = channel(name);
        if (is_meta(name))
            return reply.fail(known != nullptr ? "403:denied_by_security_policy:subscribe_denied"
                                               : "403:denied_by_security_policy:create_denied");
        if (known == nullptr && channels_.size() >= options_.max_channels)
            return reply.fail("403:too_many_channels:create_denied");
        use(name);
        auto& all = session.subscriptions;
        if (is_service(name) || std::find(all.begin(), all.end(), name) != all.end())
            continue;
        if (all.size() >= options_.max_subscriptions)
            return reply.fail("403:too_many_subscriptions:subscribe_denied");
        all.push_back(name);
    }
    reply.successful = true;
}

void NaiveModel::unsubscribe(Session& session, PlainMessage const& message, PlainReply& reply)
{
    if (message.subscription.empty())
        return reply.fail("403::subscription_missing");
    if (!message.names || !std::all_of(message.names->begin(), message.names->end(),
                              [this](std::string const& name) { return valid(name); }))
        return reply.fail("403::subscription_invalid");
    for (auto const& asked : *message.names) {
        auto const name = identity(asked);
        if (is_meta(name))
            return reply.fail("403::unsubscribe_failed");
        if (channel(name) == nullptr)
            return reply.fail("400::channel_missing");
        use(name);
        std::erase(session.subscriptions, name);
    }
    reply.successful = true;
}

/// What the services of the comparison do, the same as the driver's.
void NaiveModel::serve(Session& session, std::string const& name, PlainMessage const& message)
{
    auto const id = session.names.client_id;
    auto const data = message.data.empty() ? "null" : message.data;
    if (name == "/service/echo") {
        later_.emplace_back([=, this] { server_deliver(id, "/service/echo", data); });
    } else if (name == "/service/shout") {
        later_.emplace_back([=, this] { server_publish("/shout", data); });
    } else if (name == "/service/bye") {
        later_.emplace_back([=, this] { server_deliver(id, "/service/bye", data); });
        ask_disconnect(session);
    } else if (name == "/service/slow") {
        session.timeout = session.interval = Duration(17);
        session.advice_due = true;
    } else if (name == "/meta/connect" && message.data == R"("bye")") {
        ask_disconnect(session);
    }
}

} // namespace bayeux::testing
