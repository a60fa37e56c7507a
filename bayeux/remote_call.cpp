#include "bayeux/remote_call.hpp"

#include "bayeux/frozen_message.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/service.hpp"

#include <utility>

namespace bayeux {

struct RemoteCall::State {
    ServiceContext& context;
    std::string caller; ///< its session's id
    Message message;
    bool answered = false;
};

RemoteCall::RemoteCall(ServiceContext& context, Session const& caller, Message message)
    : state_(std::make_shared<State>(State{context, caller.id(), std::move(message)}))
{}

Session* RemoteCall::caller() const
{
    return state_->context.session(state_->caller);
}

Message const& RemoteCall::message() const
{
    return state_->message;
}

void RemoteCall::result(boost::json::value const& data)
{
    result_json(to_json(data));
}

void RemoteCall::result_json(std::string_view data_json)
{
    answer(Message::make(message().channel(), std::string(data_json)), "true");
}

void RemoteCall::result(BinaryData const& binary)
{
    answer(binary_message(message().channel(), binary), "true");
}

void RemoteCall::failure(boost::json::value const& data)
{
    answer(Message::make(message().channel(), to_json(data)), "false");
}

void RemoteCall::answer(Message answer, std::string_view successful)
{
    if (std::exchange(state_->answered, true))
        return;
    answer.set_member("successful", std::string(successful));
    if (auto* const to = caller())
        to->deliver(freeze(answer, message().id()));
}

} // namespace bayeux
