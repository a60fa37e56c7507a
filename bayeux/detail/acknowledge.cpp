// The ack extension (wire-behaviour 13.1): what has been sent is kept until the client's next
// /meta/connect says that it has come.
//
// handshake: ext.ack true, answered by true
// connect: ext.ack is the last batch that came; the reply's is the batch that it closes
//
// Inside the engine and no Extension, since it decides which answers take messages along.

#include "bayeux/detail/core.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bayeux::detail {

void Core::offer_acknowledgements(Exchange& x)
{
    auto const wanted = x.message().ext("ack");
    if (!options_.ack || !wanted.is_bool() || !wanted.get_bool())
        return;
    x.session->acknowledged = std::make_unique<Acknowledgements>();
    x.session->connect_only = true;
    x.reply.set_ext("ack", "true");
}

/// True when something that was sent has not come, so that it has to be sent again.
bool Core::take_acknowledgement(SessionState& session, Message const& connect)
{
    if (!session.acknowledged)
        return false;
    auto const value = connect.ext("ack");
    if (!value.is_int64())
        return false; // it acknowledges nothing, and asks for nothing
    auto& sent = session.acknowledged->sent;
    auto const missing = std::find_if(sent.begin(), sent.end(),
        [last = value.get_int64()](auto const& message) { return message.batch > last; });
    for (auto message = sent.begin(); message != missing; ++message) {
        session.acknowledged->bytes -= message->message->json.size();
        backlog_.remove(message->message);
    }
    sent.erase(sent.begin(), missing);
    notify_of_delivery(
        [&](DeliveryListener& told) { told.batch_acknowledged(session, value.get_int64()); });
    return !sent.empty();
}

void Core::close_batch(SessionState& session, MessageReply& connect_reply)
{
    if (!session.acknowledged)
        return;
    auto const batch = ++session.acknowledged->batch;
    connect_reply.set_ext("ack", std::to_string(batch));
    notify_of_delivery([&](DeliveryListener& told) { told.batch_sent(session, batch); });
}

/// What an answer to its client takes along: also what was sent before, and may not have come.
void Core::give_messages(SessionState& session, Reply& answer, std::size_t most)
{
    session.urgent = false;
    session.lazy_due = never;
    answer.client_id = session.id;
    if (session.life == SessionState::Life::removed)
        most = everything; // it is the last one
    else if (session.acknowledged)
        most -= std::min(most, session.acknowledged->bytes);
    if (most > 0)
        session.queue.take(answer.messages, backlog_, most);
    note_rest(session, answer);
    if (!answer.messages.empty())
        notify_of_delivery(
            [&](DeliveryListener& told) { told.dequeuing(session, answer.messages); });
    if (!session.acknowledged)
        return;
    answer.whole = true;
    auto& [batch, sent, bytes] = *session.acknowledged;
    for (auto& message : answer.messages) {
        bytes += message->json.size();
        backlog_.add(message);
        sent.push_back({std::move(message), batch});
    }
    answer.messages.clear();
    for (auto const& message : sent)
        answer.messages.push_back(message.message);
}

/// What an answer has left in the queue.
void Core::note_rest(SessionState& session, Reply& answer)
{
    bool const left = !session.queue.empty();
    session.urgent = left;
    if (!pushes_to(session, answer.origin))
        return; // the next connect fetches it
    session.outlet->behind = left;
    if (left) {
        session.outlet->full = true;
        answer.more = true;
    }
}

bool Core::has_messages(SessionState const& session)
{
    return !session.queue.empty() || (session.acknowledged && !session.acknowledged->sent.empty());
}

} // namespace bayeux::detail
