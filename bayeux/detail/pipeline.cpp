#include "bayeux/channel_name.hpp"
#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"

#include <algorithm>

namespace bayeux::detail {
namespace {

bool is_message_id(std::string_view id)
{
    auto const letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !id.empty() && std::all_of(id.begin(), id.end(), letter_or_digit);
}

/// Of "address:port".
std::string_view address_of(std::string_view peer)
{
    return peer.substr(0, peer.rfind(':'));
}

Progress failed(Exchange& x, std::string_view error)
{
    x.reply.fail(error);
    return Progress::done;
}

} // namespace

void Core::run(Exchange&& x)
{
    if (proceed(x) == Progress::wait)
        suspend(std::make_unique<Exchange>(std::move(x)));
}

Progress Core::proceed(Exchange& x)
{
    auto* const outer = current_;
    if (!x.in_process())
        current_ = &x;
    in_work_ = &x;
    for (; x.at < x.batch.size(); ++x.at) {
        if (work_on(x) == Progress::wait) {
            current_ = outer;
            in_work_ = nullptr;
            return Progress::wait;
        }
        finish_message(x);
        x.step = Step::validate;
        x.index = 0;
        x.passed.clear();
        x.decision.reset();  // it may have come too late for anybody to ask for it
        if (!x.in_process()) // that is an action itself
            run_actions();
    }
    current_ = outer;
    in_work_ = nullptr;
    complete(x);
    return Progress::done;
}

Progress Core::work_on(Exchange& x)
{
    for (;;) {
        if (x.step > Step::check_session && x.session == nullptr && !x.by_server)
            return session_ended(x);
        if (auto const progress = station(x); progress != Progress::next)
            return progress;
        x.step = static_cast<Step>(static_cast<std::uint8_t>(x.step) + 1);
        x.index = 0;
    }
}

Progress Core::station(Exchange& x)
{
    switch (x.step) {
    case Step::validate:
        return validate(x);
    case Step::server_extensions:
        return pass(x, extensions_);
    case Step::session_extensions:
        return x.session != nullptr ? pass(x, x.session->extensions) : Progress::next;
    case Step::check_session:
        return check_session(x);
    case Step::find_channel:
        return find_channel(x);
    case Step::may_publish:
        return may_publish(x);
    case Step::listeners:
        return listeners(x);
    case Step::act:
        return act(x);
    }
    return Progress::done;
}

bool Core::is_name(std::string_view channel) const
{
    return is_channel_name(channel, options_.max_channel_length, options_.max_channel_segments);
}

Progress Core::validate(Exchange& x)
{
    auto const& message = x.message();
    x.reply = reply_to(message);
    x.channel = channel_identity(message.channel());
    if (x.by_server) {
        x.step = Step::check_session; // the next one, find_channel, is where the server begins
        return Progress::next;
    }
    if (!message.has_channel())
        return failed(x, error::channel_missing);
    if (!is_name(message.channel()))
        return refuse_name(x, error::channel_invalid);
    if (message.id() && !is_message_id(*message.id()))
        return refuse_name(x, error::message_id_invalid);
    if (x.at >= options_.max_batch) {
        if (x.at == options_.max_batch)
            note_limit(Limit::batch, statistics_.batches_too_long, x.request.peer);
        return failed(x, error::batch_too_long);
    }
    if (is_too_fast(x))
        return refuse_too_fast(x);
    return Progress::next;
}

void Core::veto(Exchange& x)
{
    if (x.reply.handled)
        return;
    note_denial(x);
    x.reply.fail(error::message_deleted);
}

Progress Core::refuse_name(Exchange& x, std::string_view error)
{
    if (!x.in_process())
        note_limit(Limit::names, statistics_.names_refused, x.request.peer);
    return failed(x, error);
}

Progress Core::deny(Exchange& x, std::string_view error)
{
    note_denial(x);
    return failed(x, error);
}

/// What is refused to a local session is logged by itself.
void Core::note_denial(Exchange const& x)
{
    if (!x.in_process())
        note_limit(Limit::denied, statistics_.messages_denied, x.request.peer);
}

Progress Core::pass(Exchange& x, std::vector<std::shared_ptr<Extension>> const& extensions)
{
    for (; x.index < extensions.size(); ++x.index) {
        auto const decision = ask(x, "extension", Decision::allow(), [&](Pending pending) {
            auto const extension = extensions[x.index]; // it may add others
            return extension->incoming(x.session, x.message(), x.reply, pending);
        });
        if (decision.is_later())
            return Progress::wait;
        if (decision.denied()) {
            veto(x);
            return Progress::done;
        }
    }
    return Progress::next;
}

Progress Core::check_session(Exchange& x)
{
    if (x.fresh)
        return Progress::next;
    if (x.session != nullptr && x.session->life == SessionState::Life::alive &&
        x.message().client_id() == x.session->id) {
        touch(*x.session);
        x.session->transport = x.request.transport;
        if (x.channel == "/meta/connect" && !x.session->held) {
            x.stops_expiry = true; // while it is in the server, also when it waits for a decision
            set_due(*x.session, never);
        }
        if (x.request.transport == Transport::websocket && !x.lost)
            bind_link(*x.session, {x.origin, Transport::websocket});
        if (closing_ && !x.in_process() && x.channel != "/meta/connect" &&
            x.channel != "/meta/disconnect")
            return failed(x, error::shutting_down);
        return Progress::next;
    }
    return unknown_session(x);
}

Progress Core::unknown_session(Exchange& x)
{
    if (!x.in_process())
        note_limit(Limit::unknown_session, statistics_.unknown_sessions, x.request.peer);
    // Only here does a client act on it; elsewhere the bare error is what it expects (2, step 5).
    // One that was disconnected by this very request shall not begin anew (4.8).
    if (x.channel == "/meta/connect") {
        bool const goodbye = x.session != nullptr ? x.session->disconnected : x.disconnected;
        x.reply.advice = Advice{
            goodbye ? Advice::Reconnect::none : Advice::Reconnect::handshake, Duration(0), {}};
        bool const may_be_program =
            x.request.transport == Transport::long_polling && !x.request.from_page;
        if (closing_ && !may_be_program) // as in send_away()
            x.reply.advice->interval = time_to_come_back();
        // It lives, but the cookie that belongs to it has not come: nobody else gets here.
        if (options_.damp_handshakes && x.session == nullptr &&
            find_session(x.message().client_id()) != nullptr) {
            auto const verdict = damper_.strike(address_of(x.request.peer), now_);
            if (auto const wait = told_to_wait(verdict, x.request.peer)) {
                x.reply.advice->interval = wait;
                x.reply.advice->timeout = options_.timeout;
            }
        }
    }
    return failed(x, error::session_unknown);
}

/// While a decision was awaited.
Progress Core::session_ended(Exchange& x)
{
    return x.channel == "/meta/subscribe" ? failed(x, error::subscribe_failed) : unknown_session(x);
}

Progress Core::find_channel(Exchange& x)
{
    auto const* const known = channels_.find(x.channel);
    // When the answer comes somebody else may have made the channel. It is an answer to this
    // question all the same, and not to the next.
    if ((known == nullptr || x.decision) && !x.by_server) {
        auto const refused = [&](std::string_view reason) {
            return deny(x, error::denied(reason, error::channel_create_denied));
        };
        if (is_meta(x.channel))
            return refused(error::by_security_policy);
        auto const decision = authorize(x, Operation::create, x.channel);
        if (decision.is_later())
            return Progress::wait;
        if (decision.denied())
            return refused(decision.reason());
        if (known == nullptr && channels_.size() >= options_.max_channels) {
            note_limit(Limit::channels, statistics_.channels_refused, x.request.peer);
            return failed(x, error::denied(error::too_many_channels, error::channel_create_denied));
        }
    }
    use(channel(x.channel));
    return Progress::next;
}

Progress Core::may_publish(Exchange& x)
{
    if (x.by_server || is_meta(x.channel))
        return Progress::next;
    auto const decision = authorize(x, Operation::publish, x.channel);
    if (decision.is_later())
        return Progress::wait;
    if (decision.denied())
        return deny(x, error::denied(decision.reason(), error::publish_denied));
    x.reply.successful = true;
    return Progress::next;
}

Progress Core::listeners(Exchange& x)
{
    auto& target = channel(x.channel);
    bool const resumed = !x.passed.empty();
    auto const& wild = channels_.wild_matches(target);
    auto const nobody_listens = [](ChannelState const* on) { return on->listeners.empty(); };
    if (!resumed && nobody_listens(&target) && std::ranges::all_of(wild, nobody_listens))
        return Progress::next;
    auto channels = wild; // a copy: listeners may create channels
    channels.push_back(&target);
    if (resumed) { // with the answer of the listener that the message has waited for
        auto const answer = std::exchange(x.decision, {});
        if (answer && answer->denied()) {
            veto(x);
            return Progress::done;
        }
    }
    for (auto* const on : channels) {
        for (auto& listener : on->listeners) {
            if (resumed && std::ranges::find(x.passed, listener.number) != x.passed.end())
                continue;
            auto const decision = ask(x, listener.owner, Decision::allow(),
                [&](Pending pending) { return ask_listener(x, *on, listener, pending); });
            if (decision.is_later()) {
                note_passed(x, channels, listener);
                return Progress::wait;
            }
            if (decision.denied()) {
                veto(x);
                return Progress::done;
            }
        }
    }
    return Progress::next;
}

/// While the message waits, listeners may come and go: each shall see it once.
void Core::note_passed(
    Exchange& x, std::vector<ChannelState*> const& channels, OwnedListener const& last)
{
    for (auto const* const on : channels) {
        for (auto const& listener : on->listeners) {
            x.passed.push_back(listener.number);
            if (&listener == &last)
                return;
        }
    }
}

Decision Core::ask_listener(Exchange& x, ChannelState& on, OwnedListener& listener, Pending pending)
{
    try {
        Incoming incoming{x.session, on, x.message(), x.reply, pending};
        return listener.call(incoming);
    } catch (BadMessage const& bad) {
        note_bad_message(listener.owner, x.channel, bad.what());
        x.reply.fail(std::string("400::").append(bad.what()));
        x.reply.handled = true;
        return Decision::deny();
    }
}

Progress Core::act(Exchange& x)
{
    if (is_broadcast(x.channel)) {
        publish(x);
        return Progress::done;
    }
    if (is_service(x.channel))
        return Progress::done;
    if (x.channel == "/meta/handshake")
        return meta_handshake(x);
    if (x.channel == "/meta/ping") {
        x.reply.successful = true; // wire-behaviour 18.1: old timesync publishes to it
        return Progress::done;
    }
    if (x.channel == "/meta/connect")
        return meta_connect(x);
    if (x.channel == "/meta/subscribe")
        return meta_subscribe(x);
    if (x.channel == "/meta/unsubscribe")
        return meta_unsubscribe(x);
    return meta_disconnect(x);
}

bool Core::extensions_keep(SessionState* session, MessageReply& reply)
{
    auto const keeps = [&](std::vector<std::shared_ptr<Extension>> const& extensions) {
        for (auto at = extensions.size(); at-- > 0;) {
            auto const extension = extensions[at];
            auto const verdict = guarded("replying extension", reply.channel,
                [&] { return extension->replying(session, reply); });
            if (verdict == Extension::Verdict::drop)
                return false;
        }
        return true;
    };
    return keeps(extensions_) && (session == nullptr || keeps(session->extensions));
}

void Core::finish_message(Exchange& x)
{
    if (x.by_server || x.held == x.at)
        return;
    if (x.in_process())
        return reply_locally(x);
    bool const handshake = x.channel == "/meta/handshake";
    if (handshake && x.reply.successful && options_.allow_message_delivery_during_handshake)
        deliver_with_handshake(x);
    if (x.session != nullptr) {
        // wire-behaviour 4.5 and 5.1: which answers take waiting messages along
        if (!handshake && !delivers_on_connect_only(*x.session, x.request.transport))
            x.drains = true;
        if (x.session->acknowledged && is_meta(x.channel) && !x.reply.ext)
            x.reply.ext.emplace(); // as CometD does (13.1)
    }
    if (!extensions_keep(x.session, x.reply))
        return;
    auto& text = handshake ? x.answer.first : x.answer.replies;
    if (!text.empty())
        text += ',';
    append_json(text, x.reply);
}

void Core::suspend(std::unique_ptr<Exchange> exchange)
{
    if (exchange->session != nullptr) {
        if (exchange->session->life == SessionState::Life::removed)
            exchange->leave_session();
        else
            wake(*exchange->session);
    }
    wheel_.arm(*exchange, now_ + options_.decision_timeout);
    auto const question = exchange->question;
    waiting_.emplace(question, std::move(exchange));
}

void Core::complete(Exchange& x)
{
    if (x.in_process())
        return;
    auto* const session = x.session;
    if (x.held && x.answer.replies.empty()) {
        out_->take_back(std::move(x.answer));
    } else {
        bool const drains = x.drains || (x.answers_connect && !x.held);
        if (session != nullptr && drains && !x.lost && !is_full(*session, x.origin) &&
            has_messages(*session))
            // A client waits for what the answer to its handshake has announced.
            give_messages(*session, x.answer, x.answer.first.empty() ? portion : everything);
        out_->replies.push_back(std::move(x.answer));
    }
    if (session == nullptr || session->life != SessionState::Life::alive)
        return;
    if ((x.answers_connect || x.stops_expiry) && !session->held)
        expire_after_reply(*session, x.connect_interval);
    wake(*session);
    if (closing_ && session->held)
        wind_up(*session);
}

} // namespace bayeux::detail
