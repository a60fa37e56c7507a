#include "bayeux/service_context.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/detail/core.hpp"
#include "bayeux/json_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace bayeux {

Session* ServiceContext::session(std::string_view id)
{
    auto* const session = core_.find_session(id);
    return session != nullptr ? session : core_.find_handshaking(id);
}

std::vector<Session*> ServiceContext::sessions()
{
    return core_.sessions();
}

std::unique_ptr<LocalSession> ServiceContext::local_session(std::string_view hint)
{
    return std::make_unique<LocalSession>(core_, hint);
}

Request const* ServiceContext::request() const
{
    return core_.request();
}

Channel& ServiceContext::channel(std::string_view name)
{
    return channel(name, [](Channel&) {});
}

Channel& ServiceContext::channel(
    std::string_view name, std::function<void(Channel&)> const& initialise)
{
    if (!core_.is_name(name))
        throw std::invalid_argument(std::string(name) + ": no channel name");
    return core_.channel(channel_identity(name), initialise);
}

Channel* ServiceContext::find_channel(std::string_view name)
{
    return core_.find_channel(channel_identity(name));
}

std::vector<Channel*> ServiceContext::channels()
{
    return core_.channels();
}

void ServiceContext::publish(std::string_view channel, boost::json::value const& data)
{
    publish(Message::make(channel, to_json(data)));
}

void ServiceContext::publish(Message message)
{
    core_.publish_later(std::move(message));
}

void ServiceContext::publish(Message message, Session const& from)
{
    core_.publish_later(std::move(message), from.id());
}

void ServiceContext::add_listener(Listener& listener)
{
    core_.add_listener(listener);
}

void ServiceContext::add_delivery_listener(DeliveryListener& listener)
{
    core_.add_delivery_listener(listener);
}

void ServiceContext::add_extension(std::shared_ptr<Extension> extension)
{
    if (!extension)
        throw std::invalid_argument("an extension must not be null");
    core_.add_extension(std::move(extension));
}

void ServiceContext::set_security_policy(std::shared_ptr<SecurityPolicy> policy)
{
    if (!policy)
        throw std::invalid_argument("a security policy must not be null");
    core_.set_security_policy(std::move(policy));
}

void ServiceContext::need_request_heads()
{
    core_.need_request_heads();
}

void ServiceContext::resolve(Pending pending, Decision decision)
{
    core_.resolve_later(pending, std::move(decision));
}

Timer ServiceContext::after(Duration delay, std::function<void()> work, std::string owner)
{
    auto timer = std::make_shared<detail::TimerState>(core_, std::move(work), std::move(owner));
    core_.arm_timer(*timer, delay);
    return Timer(std::move(timer));
}

Timer ServiceContext::every(Duration period, std::function<void()> work, std::string owner)
{
    if (period < Duration(1))
        throw std::invalid_argument("a timer's period must be 1 ms or more");
    auto timer = std::make_shared<detail::TimerState>(core_, std::move(work), std::move(owner));
    timer->period = std::min(period, detail::longest);
    core_.arm_timer(*timer, period);
    return Timer(std::move(timer));
}

Instant ServiceContext::now() const
{
    return core_.now();
}

Duration ServiceContext::decision_timeout() const
{
    return core_.options().decision_timeout;
}

void ServiceContext::post(std::function<void()> task)
{
    core_.post(std::move(task));
}

void ServiceContext::start(std::string const& owner, std::string const& session,
    std::function<void()> work, std::function<void()> then, Failed const& failed)
{
    core_.start_job({owner, session, std::move(then), failed}, std::move(work));
}

void ServiceContext::note_failure(
    std::string const& owner, std::string_view channel, std::exception_ptr const& failure)
{
    core_.note_failure(owner, std::string(channel), failure);
}

void ServiceContext::note_bad_message(
    std::string const& owner, std::string_view channel, std::string_view what)
{
    core_.note_bad_message(owner, channel, what);
}

void ServiceContext::log(LogLevel level, std::string text)
{
    core_.log(level, std::move(text));
}

void ServiceContext::answer_requests(
    std::string_view path, std::string owner, std::function<void(WebRequest)> handler)
{
    core_.add_web_route({std::string(path), std::move(owner), std::move(handler)});
}

} // namespace bayeux
