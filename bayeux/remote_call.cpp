#include "bayeux/remote_call.hpp"

#include "bayeux/frozen_message.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/service_context.hpp"

#include <utility>

namespace bayeux {

struct RemoteCall::State {
    State(ServiceContext& service_context, std::string caller_id, Message call, Parameters bound)
        : context(service_context),
          caller(std::move(caller_id)),
          message(std::move(call)),
          parameters(std::move(bound))
    {}
    State(State const&) = delete;
    State& operator=(State const&) = delete;
    ~State() { answer(Message::make(message.channel(), R"("no answer")"), "false"); }

    void answer(Message answer, std::string_view successful)
    {
        if (std::exchange(answered, true))
            return;
        deadline.cancel();
        answer.set_member("successful", std::string(successful));
        if (auto* const to = context.session(caller))
            to->deliver(freeze(answer, message.id()));
    }

    ServiceContext& context;
    std::string caller; ///< its session's id
    Message message;
    Parameters parameters;
    bool answered = false;
    Timer deadline;
};

RemoteCall::RemoteCall(
    ServiceContext& context, Session const& caller, Message message, Parameters parameters)
    : state_(
          std::make_shared<State>(context, caller.id(), std::move(message), std::move(parameters)))
{}

Session* RemoteCall::caller() const
{
    return state_->context.session(state_->caller);
}

Message const& RemoteCall::message() const
{
    return state_->message;
}

Parameters const& RemoteCall::parameters() const
{
    return state_->parameters;
}

bool RemoteCall::answered() const
{
    return state_->answered;
}

void RemoteCall::result(boost::json::value const& data)
{
    result_json(to_json(data));
}

void RemoteCall::result_json(std::string_view data_json)
{
    state_->answer(Message::make(message().channel(), std::string(data_json)), "true");
}

void RemoteCall::result(BinaryData const& binary)
{
    state_->answer(binary_message(message().channel(), binary), "true");
}

void RemoteCall::failure(boost::json::value const& data)
{
    state_->answer(Message::make(message().channel(), to_json(data)), "false");
}

void RemoteCall::start_deadline(std::string const& owner)
{
    auto const late = [weak = std::weak_ptr(state_), owner] {
        auto const state = weak.lock();
        if (!state || state->answered)
            return;
        state->context.log(LogLevel::warning,
            owner + " on " + std::string(state->message.channel()) + ": no answer in time");
        state->answer(Message::make(state->message.channel(), R"("no answer in time")"), "false");
    };
    state_->deadline = state_->context.after(state_->context.decision_timeout(), late, owner);
}

} // namespace bayeux
