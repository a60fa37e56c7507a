#pragma once

#include "bayeux/decision.hpp"
#include "bayeux/detail/session_state.hpp"
#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/request.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bayeux::detail {

/// The stations of one message (wire-behaviour 2), in their order. A message that waits for a
/// decision stays at its station and is taken up there again.
enum class Step : std::uint8_t {
    validate,
    server_extensions,
    session_extensions,
    check_session,
    find_channel,
    may_publish,
    listeners,
    act
};

using LocalReply = std::function<void(MessageReply const&)>;

/// One batch on its way through the engine; on the stack, until it has to wait for a decision. As a
/// Deadline: the end of that wait.
struct Exchange final : Deadline {
    Exchange(Origin from, Request request_info, Batch messages)
        : Deadline(Kind::decision),
          origin(from),
          request(std::move(request_info)),
          batch(std::move(messages)),
          answer(Reply::to(from))
    {}

    Message& message() { return batch[at]; }
    /// No connection has sent it; it runs as an action.
    bool in_process() const { return by_server || replied != nullptr; }
    /// The session ends while this waits for a decision.
    void leave_session()
    {
        disconnected = session->disconnected;
        session = nullptr;
    }

    Origin origin;
    Request request;
    Batch batch;
    /// The session of the request, found once from its first message (wire-behaviour 5.3), or the
    /// one its handshake made. Null: none, or gone meanwhile.
    SessionState* session = nullptr;
    bool disconnected = false; ///< the session that is gone was disconnected: shall not come back
    std::unique_ptr<SessionState> fresh; ///< of a handshake that has not been granted yet
    /// Published by the server itself: nobody waits for an answer.
    bool by_server = false;
    /// Non-null: of a session in this process, which gets its replies by this.
    LocalReply replied;
    /// The connection that waits for the answer is gone: leave the queue alone.
    bool lost = false;

    /// How many of its messages may come: max_message_rate_per_address.
    std::size_t permitted = static_cast<std::size_t>(-1);

    // The message in work
    std::size_t at = 0;
    Step step = Step::validate;
    std::size_t index = 0;             ///< within the step: extension, channel of a subscription
    std::vector<std::uint64_t> passed; ///< listeners, of a message that has waited at one of them
    bool creation_settled = false;     ///< of the channel at `index` of a subscription
    MessageReply reply;
    std::string channel; ///< identity of the message's channel

    Reply answer;                    ///< so far
    bool drains = false;             ///< the answer takes messages along, connect or not
    std::optional<std::size_t> held; ///< the message whose connect is held: no reply now
    bool stops_expiry = false;       ///< until it is answered
    bool answers_connect = false;
    std::optional<Duration> connect_interval; ///< instead of the session's

    // The open question
    std::uint64_t question = 0;
    std::optional<Decision> decision;
};

} // namespace bayeux::detail
