// How the engine goes down: nobody loses what was acknowledged to its publisher.

#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"

namespace bayeux::detail {

Duration Core::time_to_come_back()
{
    auto const spread = random_() % static_cast<std::uint64_t>(closing_->count() + 1);
    return *closing_ + Duration(static_cast<Duration::rep>(spread));
}

/// Its end, unless something waits for its client, who fetches that with a connect, says with the
/// next one that it has come, and is sent away then.
void Core::wind_up(SessionState& session)
{
    if (can_push(session))
        push(session);
    if (!has_messages(session))
        send_away(session);
    else if (session.held && !is_full(session, session.held->origin))
        answer_held(session);
}

void Core::send_away(SessionState& session)
{
    if (session.held) {
        // aiocometd reads seconds. It brings no cookie.
        bool const waits = !session.may_be_program ||
                           session.browser_cookie != SessionState::BrowserCookie::was_set;
        answer_held_with(session,
            {Advice::Reconnect::handshake, waits ? time_to_come_back() : Duration{0},
                timeout_of(session)},
            error::session_unknown);
    }
    remove_session(session, Removal::shutdown);
}

} // namespace bayeux::detail
