#include "bayeux/detail/local_client.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/detail/core.hpp"
#include "bayeux/json_text.hpp"

#include <stdexcept>
#include <utility>

namespace bayeux::detail {

std::string LocalClient::checked(std::string_view channel) const
{
    if (!core_.is_name(channel))
        throw std::invalid_argument(std::string(channel).append(": no channel name"));
    return std::string(channel_identity(channel));
}

/// `more`: further members, each with a comma before it.
Message LocalClient::message(std::string_view channel, std::string_view more) const
{
    std::string text = R"({"channel":)";
    append_json_string(text, channel);
    text.append(R"(,"clientId":")").append(id_).append(R"(")").append(more).append("}");
    ParseLimits const limits{.depth = text.size()};
    auto parsed = parse_batch(std::move(text), limits);
    if (auto const* const failure = std::get_if<ParseError>(&parsed))
        throw std::invalid_argument("no valid JSON: " + failure->reason);
    return std::move(std::get<Batch>(parsed).front());
}

std::string LocalClient::name() const
{
    return "local session " + id_.substr(0, id_.rfind('_')); // the hint
}

void LocalClient::handshake()
{
    core_.send_later(shared_from_this(), message("/meta/handshake", {}),
        [self = shared_from_this()](MessageReply const& reply) { self->begin(reply); });
}

void LocalClient::begin(MessageReply const& handshake_reply)
{
    auto backlog = std::exchange(backlog_, {});
    if (!handshake_reply.successful) {
        core_.log(LogLevel::warning, name() + ": " + handshake_reply.error);
        state_ = State::closed;
        return;
    }
    core_.send_later(shared_from_this(), message("/meta/connect", {}), [](MessageReply const&) {});
    for (auto& [message, replied] : backlog)
        send_now(std::move(message), std::move(replied));
    if (state_ == State::handshaking)
        state_ = State::open;
    else
        core_.end_later(shared_from_this());
}

void LocalClient::send(Message message, ReplyHandler replied)
{
    if (state_ == State::handshaking)
        backlog_.push_back({std::move(message), std::move(replied)});
    else if (state_ == State::open)
        send_now(std::move(message), std::move(replied));
}

void LocalClient::send_now(Message message, ReplyHandler replied)
{
    core_.send_later(shared_from_this(), std::move(message),
        [self = shared_from_this(), replied = std::move(replied)](MessageReply const& reply) {
            if (self->state_ == State::closed)
                return;
            if (replied)
                replied(reply);
            else if (!reply.successful)
                self->core_.log(
                    LogLevel::warning, self->name() + " on " + reply.channel + ": " + reply.error);
        });
}

void LocalClient::subscribe(std::string_view channel, MessageHandler handler, ReplyHandler replied)
{
    auto const name = checked(channel);
    std::string subscription = R"(,"subscription":)";
    append_json_string(subscription, name);
    handlers_[name] = std::move(handler);
    send(message("/meta/subscribe", subscription), std::move(replied));
}

void LocalClient::unsubscribe(std::string_view channel, ReplyHandler replied)
{
    auto const name = checked(channel);
    std::string subscription = R"(,"subscription":)";
    append_json_string(subscription, name);
    handlers_.erase(name);
    send(message("/meta/unsubscribe", subscription), std::move(replied));
}

void LocalClient::publish(
    std::string_view channel, boost::json::value const& data, ReplyHandler replied)
{
    send(message(checked(channel), R"(,"data":)" + to_json(data)), std::move(replied));
}

void LocalClient::disconnect()
{
    send(message("/meta/disconnect", {}), nullptr);
    if (state_ == State::open)
        core_.end_later(shared_from_this());
    handlers_.clear();
    state_ = State::closed;
}

std::vector<LocalClient::MessageHandler> LocalClient::handlers_for(std::string_view channel) const
{
    std::vector<MessageHandler> found;
    auto const look = [&](std::string_view name) {
        if (auto const handler = handlers_.find(name); handler != handlers_.end())
            found.push_back(handler->second);
    };
    auto const name = channel_identity(channel);
    for_each_wild_name(name, look);
    look(name);
    return found;
}

} // namespace bayeux::detail
