#include "tests/support/naive_model.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::testing {
namespace {

std::string delivered(std::string const& channel, std::string const& data)
{
    return R"({"channel":)" + quoted(channel) + R"(,"data":)" + data + "}";
}

} // namespace

std::string NaiveModel::Answer::body() const
{
    std::vector<std::string> parts;
    if (!first.empty())
        parts.push_back(first);
    parts.insert(parts.end(), messages.begin(), messages.end());
    parts.insert(parts.end(), replies.begin(), replies.end());
    std::string json = "[";
    for (auto const& part : parts)
        json += (json.size() > 1 ? "," : "") + part;
    return json + "]";
}

NaiveModel::NaiveModel(EngineOptions options, Instant now) : options_(std::move(options)), now_(now)
{
    for (auto const* name : {"/meta/handshake", "/meta/connect", "/meta/subscribe",
             "/meta/unsubscribe", "/meta/disconnect", "/meta/ping", "/service/echo",
             "/service/shout", "/service/bye", "/service/slow", "/refused"})
        channels_.push_back({name, true, now});
}

std::size_t NaiveModel::held_count() const
{
    return static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(),
        [](Session const& session) { return session.held.has_value(); }));
}

void NaiveModel::do_later()
{
    while (!later_.empty()) {
        auto const work = std::move(later_.front());
        later_.pop_front();
        work();
    }
}

void NaiveModel::turn(std::function<void()> const& work)
{
    work();
    do_later();
    for (auto& session : sessions_)
        if (session.held && !session.queue.empty())
            end_hold(session);
    gone_.clear();
}

void NaiveModel::receive(Origin origin, std::string const& browser_id,
    std::vector<PlainMessage> const& batch, Names const& names)
{
    auto const is_handshake = [](PlainMessage const& message) {
        return message.channel && identity(*message.channel) == "/meta/handshake";
    };
    Exchange x{origin, browser_id, batch, names};
    x.answer.at = now_;
    if (batch.size() > 1 && std::any_of(batch.begin(), batch.end(), is_handshake)) {
        x.answer.status = 500;
        answers[origin] = x.answer;
        return;
    }
    turn([&] {
        if (!is_handshake(batch[0]))
            x.session = session_of(batch[0].client_id, browser_id);
        in_work_ = x.session;
        for (; x.at < batch.size(); ++x.at) {
            auto const& message = batch[x.at];
            PlainReply reply{message.channel.value_or(""), message.id, message.subscription};
            work_on(x, reply);
            if (!x.holds) {
                if (is_handshake(message))
                    x.answer.first = reply.text();
                else
                    x.answer.replies.push_back(reply.text());
                if (x.connect_interval || !options_.meta_connect_deliver_only)
                    x.drains = !is_handshake(message);
            }
            do_later();
        }
        in_work_ = nullptr;
        if (x.holds)
            return;
        if (x.session != nullptr && x.drains && !x.session->queue.empty()) {
            x.answer.client_id = x.session->names.client_id;
            x.answer.messages = std::exchange(x.session->queue, {});
        }
        answers[origin] = x.answer;
        if (x.session != nullptr && x.connect_interval)
            expire_after(*x.session, *x.connect_interval);
    });
}

void NaiveModel::ask_disconnect(Session& session)
{
    session.leaving = true;
    later_.emplace_back([this, id = session.names.client_id] { server_disconnect(id); });
}

void NaiveModel::server_disconnect(std::string const& client_id)
{
    if (auto* const session = find(client_id)) {
        session->queue.emplace_back(R"({"channel":"/meta/disconnect","successful":true})");
        remove(*session, Life::disconnected, "by_server");
    }
}

void NaiveModel::server_deliver(
    std::string const& client_id, std::string const& channel, std::string const& data)
{
    if (auto* const session = find(client_id))
        deliver(*session, delivered(channel, data));
}

void NaiveModel::server_publish(std::string const& channel, std::string const& data)
{
    use(identity(channel));
    broadcast(nullptr, identity(channel), delivered(channel, data));
}

void NaiveModel::broadcast(Session const* from, std::string const& name, std::string const& json)
{
    for (auto& session : sessions_) {
        auto const& all = session.subscriptions;
        bool const wants = std::any_of(all.begin(), all.end(),
            [&](std::string const& pattern) { return matches(pattern, name); });
        if (wants && (&session != from || options_.broadcast_to_publisher))
            deliver(session, json);
    }
}

void NaiveModel::deliver(Session& session, std::string const& json)
{
    if (session.overflown)
        return;
    auto const fits = [&] {
        std::size_t bytes = json.size();
        for (auto const& waiting : session.queue)
            bytes += waiting.size();
        return session.queue.size() < options_.max_queue && bytes <= options_.max_queue_bytes;
    };
    if (!fits() && session.held && !session.queue.empty() && &session != in_work_)
        end_hold(session);
    if (fits()) {
        session.queue.push_back(json);
        return;
    }
    session.overflown = true;
    later_.emplace_back([this, id = session.names.client_id] {
        if (auto* const full = find(id))
            remove(*full, Life::full, "queue_full");
    });
}

/// Ends the session; `why` is what the service publishes then.
void NaiveModel::remove(Session& session, Life life, std::string_view why)
{
    session.life = life;
    for (auto const& name : session.subscriptions)
        use(name);
    later_.emplace_back([this, data = quoted(why)] { server_publish("/left", data); });
    auto const here = std::find_if(
        sessions_.begin(), sessions_.end(), [&](Session const& s) { return &s == &session; });
    gone_.splice(gone_.end(), sessions_, here);
    if (!session.held)
        return;
    PlainReply reply{"/meta/connect", session.held->id};
    if (life == Life::full) {
        session.queue.clear();
        reply.fail("402::session_unknown");
        reply.advice = advice_json("handshake", interval_of(session), timeout_of(session));
    } else {
        reply.successful = true;
        reply.advice = advice_json("none");
    }
    answer_held(session, reply);
}

/// Time is up, or there are messages.
void NaiveModel::end_hold(Session& session)
{
    PlainReply reply{"/meta/connect", session.held->id};
    reply.successful = true;
    auto const interval = session.held->interval.value_or(interval_of(session));
    if (std::exchange(session.advice_due, false) || session.held->advised)
        reply.advice = retry_advice(session, interval);
    answer_held(session, reply);
    expire_after(session, interval);
}

void NaiveModel::answer_held(Session& session, PlainReply const& reply)
{
    auto& answer = answers[session.held->origin];
    answer.at = now_;
    answer.replies.push_back(reply.text());
    if (!session.queue.empty()) {
        answer.client_id = session.names.client_id;
        answer.messages = std::exchange(session.queue, {});
    }
    session.held.reset();
}

void NaiveModel::connection_lost(Origin origin)
{
    for (auto& session : sessions_) {
        if (session.held && session.held->origin == origin) {
            expire_after(session, session.held->interval.value_or(interval_of(session)));
            session.held.reset();
        }
    }
}

void NaiveModel::undelivered(std::string const& client_id, std::vector<std::string> const& messages)
{
    turn([&] {
        if (auto* const session = find(client_id))
            session->queue.insert(session->queue.begin(), messages.begin(), messages.end());
    });
}

void NaiveModel::pass(Instant until)
{
    for (;;) {
        auto next = until + Duration(1);
        for (auto const& session : sessions_)
            next = std::min(next, end_of(session).value_or(next));
        for (auto const& channel : channels_)
            next = std::min(next, end_of(channel).value_or(next));
        if (next > until)
            break;
        now_ = next;
        turn([&] {
            std::vector<Session*> due;
            for (auto& session : sessions_)
                if (end_of(session) == now_)
                    due.push_back(&session);
            for (auto* const session : due) {
                if (session->held)
                    end_hold(*session);
                else
                    remove(*session, Life::expired, "expired");
            }
            std::erase_if(
                channels_, [this](Channel const& channel) { return end_of(channel) == now_; });
        });
    }
    now_ = until;
}

std::optional<Instant> NaiveModel::end_of(Session const& session) const
{
    return session.held ? session.held->until : session.expiry;
}

std::optional<Instant> NaiveModel::end_of(Channel const& channel) const
{
    bool const subscribed =
        std::any_of(sessions_.begin(), sessions_.end(), [&](Session const& session) {
            auto const& all = session.subscriptions;
            return std::find(all.begin(), all.end(), channel.name) != all.end();
        });
    if (channel.kept || subscribed)
        return std::nullopt;
    return channel.last_used + 3 * options_.sweep_period;
}

void NaiveModel::expire_after(Session& session, Duration interval)
{
    session.expiry = now_ + std::max(interval + options_.max_interval, Duration(1));
}

NaiveModel::Session* NaiveModel::find(std::string_view client_id)
{
    for (auto& session : sessions_)
        if (session.names.client_id == client_id)
            return &session;
    return nullptr;
}

NaiveModel::Session* NaiveModel::session_of(
    std::string_view client_id, std::string const& browser_id)
{
    auto* const session = find(client_id);
    if (session == nullptr || options_.trust_client_session == TrustClientSession::yes)
        return session;
    if (browser_id.empty())
        return session->bound ? nullptr : session;
    if (session->cookie_is_new)
        session->names.browser_id = browser_id;
    if (session->names.browser_id != browser_id)
        return nullptr;
    session->bound = true;
    session->cookie_is_new = false;
    return session;
}

NaiveModel::Channel* NaiveModel::channel(std::string_view name)
{
    for (auto& channel : channels_)
        if (channel.name == name)
            return &channel;
    return nullptr;
}

NaiveModel::Channel& NaiveModel::use(std::string const& name)
{
    if (channel(name) == nullptr)
        channels_.push_back({name, false, now_});
    auto& used = *channel(name);
    used.last_used = now_;
    return used;
}

Duration NaiveModel::timeout_of(Session const& session) const
{
    return session.timeout.value_or(options_.timeout);
}

Duration NaiveModel::interval_of(Session const& session) const
{
    return session.interval.value_or(options_.interval);
}

std::string NaiveModel::retry_advice(Session const& session, Duration interval) const
{
    return advice_json("retry", interval, timeout_of(session));
}

} // namespace bayeux::testing
