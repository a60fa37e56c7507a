#include "bayeux/service.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/detail/core.hpp"
#include "bayeux/json_text.hpp"

#include <stdexcept>

namespace bayeux {
namespace {

[[noreturn]] void refuse(std::string_view channel, char const* why)
{
    throw std::invalid_argument(std::string(channel).append(": ").append(why));
}

} // namespace

Session* ServiceContext::session(std::string_view id)
{
    return core_.find_session(id);
}

Channel& ServiceContext::channel(std::string_view name)
{
    return channel(name, [](Channel&) {});
}

Channel& ServiceContext::channel(
    std::string_view name, std::function<void(Channel&)> const& initialise)
{
    if (!is_channel_name(name, core_.options().max_channel_length))
        refuse(name, "no channel name");
    return core_.channel(channel_identity(name), initialise);
}

void ServiceContext::publish(std::string_view channel, boost::json::value const& data)
{
    publish(Message::make(channel, to_json(data)));
}

void ServiceContext::publish(Message message)
{
    auto const channel = message.channel();
    if (!is_channel_name(channel, core_.options().max_channel_length))
        refuse(channel, "no channel name");
    if (is_wild(channel) || !is_broadcast(channel))
        refuse(channel, "not a channel to broadcast on");
    core_.publish_later(std::move(message));
}

std::unique_ptr<LocalSession> ServiceContext::local_session(std::string_view hint)
{
    return std::make_unique<LocalSession>(core_, hint);
}

void ServiceContext::resolve(Pending pending, Decision decision)
{
    core_.resolve_later(pending, std::move(decision));
}

void ServiceContext::add_listener(Listener& listener)
{
    core_.add_listener(listener);
}

void ServiceContext::need_request_heads()
{
    core_.need_request_heads();
}

Instant ServiceContext::now() const
{
    return core_.now();
}

void ServiceContext::log(LogLevel level, std::string text)
{
    core_.log(level, std::move(text));
}

BayeuxService::BayeuxService(ServiceContext& context, std::string name)
    : context_(context), name_(std::move(name))
{}

void BayeuxService::listen(std::string_view channel, Handler handler)
{
    context_.channel(channel).add_listener("service " + name_,
        [handler = std::move(handler)](Session* from, Channel&, Message& message, MessageReply&,
            Pending) { return from != nullptr ? handler(*from, message) : Decision::allow(); });
}

void BayeuxService::listen_to_calls(std::string_view target, CallHandler handler)
{
    listen(std::string("/service/").append(target),
        [this, handler = std::move(handler)](Session& from, Message& message) {
            RemoteCall call(context_, from, message);
            try {
                handler(from, call);
            } catch (CallFailure const& failure) {
                call.failure(failure.data());
            } catch (...) {
                call.failure("service failed");
                throw;
            }
            return Decision::allow();
        });
}

} // namespace bayeux
