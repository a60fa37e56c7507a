// Limits that more than one part of the engine keeps: how fast clients may be, and the memory of
// all queues together. Each refusal is answered, counted, and logged from time to time.

#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"

#include <algorithm>
#include <array>

namespace bayeux::detail {
namespace {

/// By Limit; behind it stands an address.
constexpr std::array<std::string_view, static_cast<std::size_t>(Limit::count_)> what_happened{
    "max-batch reached by ",
    "max-channels reached by ",
    "max-subscriptions reached by ",
    "max-sessions reached by ",
    "max-sessions-per-address reached by ",
    "max-handshake-rate-per-address reached by ",
    "max-message-rate reached by ",
    "max-message-rate-per-address reached by ",
    "max-total-queue-bytes reached by ",
    "max-queue or max-queue-bytes reached, session ended of ",
    "max-queue or max-queue-bytes reached, message dropped for ",
    "no name of a channel, or no id of a message, from ",
    "a handshake among other messages from ",
    "answered 402::session_unknown to ",
    "denied what was asked by ",
};

/// What a client that is too fast is told to wait: by then there is room for a second's messages.
constexpr Duration pause{1'000};

std::size_t waiting_bytes(SessionState const& session)
{
    auto const* const sent = session.acknowledged.get();
    return session.queue.bytes() + (sent != nullptr ? sent->bytes : 0);
}

} // namespace

void Core::note_limit(Limit limit, std::uint64_t& counter, std::string_view peer)
{
    ++counter;
    auto const times = warnings_.reached(limit, now_);
    if (!times)
        return;
    auto text = std::string(what_happened[static_cast<std::size_t>(limit)]).append(peer);
    if (*times > 1)
        text.append(", ").append(std::to_string(*times)).append(" times since this was last told");
    // After every restart of the server all clients have sessions that it does not know.
    auto const harmless = limit == Limit::unknown_session;
    log(harmless ? LogLevel::info : LogLevel::warning, std::move(text));
}

/// Whether the message comes before its time. Ending a session is always permitted.
bool Core::is_too_fast(Exchange& x)
{
    auto const& peer = x.request.peer;
    if (x.at >= x.permitted && x.channel != "/meta/disconnect") {
        note_limit(Limit::message_rate_per_address, statistics_.address_messages_too_fast, peer);
        return true;
    }
    auto* const session = x.session;
    if (message_rate_.is_limited() && session != nullptr && session->local == nullptr &&
        session->life == SessionState::Life::alive && !session->sends.take(message_rate_, now_) &&
        x.channel != "/meta/disconnect") {
        note_limit(Limit::message_rate, statistics_.messages_too_fast, peer);
        return true;
    }
    return false;
}

/// The advice makes its client poll later, and has to be taken back when it does.
Progress Core::refuse_too_fast(Exchange& x)
{
    if (x.fresh)
        return refuse_handshake(x, error::too_many_messages);
    x.reply.fail(error::too_many_messages);
    auto* const session = x.session;
    if (session == nullptr || session->life != SessionState::Life::alive ||
        x.message().client_id() != session->id)
        return Progress::done;
    touch(*session);
    x.reply.advice = Advice{Advice::Reconnect::retry, pause, timeout_of(*session)};
    session->advice_due = true;
    if (x.channel == "/meta/connect") {
        x.stops_expiry = true;
        x.connect_interval = pause;
    }
    return Progress::done;
}

/// From nine tenths on no new sessions are made. Those who wait for much shall not keep others out
/// for longer than these are told to stay away.
bool Core::refuses_for_memory()
{
    auto const many = options_.max_total_queue_bytes / 10 * 9;
    if (backlog_.bytes() <= many) {
        short_since_.reset();
        return false;
    }
    if (!short_since_)
        short_since_ = now_;
    else if (now_ - *short_since_ >= full_interval)
        relieve_later(many);
    return true;
}

/// When there is more then than `limit` still.
void Core::relieve_later(std::size_t limit)
{
    if (std::exchange(relieving_, true))
        return;
    later([this, limit] {
        relieving_ = false;
        relieve(limit);
    });
}

/// Those end for whom most waits, except whose batch is in work, since its answer takes that along.
void Core::relieve(std::size_t limit)
{
    send_to_awake(); // who can be sent to is not to blame
    if (backlog_.bytes() <= limit)
        return;
    std::vector<std::pair<std::size_t, SessionState*>> slow;
    for (auto const& [id, session] : sessions_)
        if (has_messages(*session) && (current_ == nullptr || current_->session != session.get()))
            slow.emplace_back(waiting_bytes(*session), session.get());
    std::ranges::sort(slow, std::ranges::greater{});
    for (auto const& [bytes, session] : slow) {
        if (backlog_.bytes() <= options_.max_total_queue_bytes / 10 * 8)
            return;
        note_limit(Limit::total_queue_bytes, statistics_.sessions_without_memory, session->peer);
        remove_session(*session, Removal::queue_full);
        drop_waiting(*session);
    }
}

void Core::drop_waiting(SessionState& session)
{
    session.queue.clear(backlog_);
    if (!session.acknowledged)
        return;
    for (auto const& sent : session.acknowledged->sent)
        backlog_.remove(sent.message);
    session.acknowledged.reset();
}

SessionState::~SessionState()
{
    core.drop_waiting(*this);
}

} // namespace bayeux::detail
