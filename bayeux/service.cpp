#include "bayeux/service.hpp"

#include "bayeux/utf8.hpp"

#include <algorithm>
#include <exception>
#include <vector>

namespace bayeux {

/// Hears of all subscriptions and tells the handlers that want to know. A listener of its own, so
/// that services may be Listeners as they like.
class BayeuxService::Watches : public Listener {
public:
    void add(Event event, std::string_view channel, Watcher watcher)
    {
        watches_.push_back({event, ChannelTemplate(channel), std::move(watcher)});
    }

private:
    struct Watch {
        Event event;
        ChannelTemplate channels;
        Watcher call;
    };

    void subscribed(Session& session, Channel& channel, Message const*) override
    {
        tell(Event::subscribed, session, channel);
    }
    void unsubscribed(Session& session, Channel& channel, Message const*) override
    {
        tell(Event::unsubscribed, session, channel);
    }
    void tell(Event event, Session& session, Channel& channel) const
    {
        for (auto const& watch : watches_)
            if (watch.event == event)
                if (auto const parameters = watch.channels.match(channel.name()))
                    watch.call(session, channel, *parameters);
    }

    std::vector<Watch> watches_;
};

BayeuxService::BayeuxService(ServiceContext& context, std::string name)
    : context_(context), name_(std::move(name))
{}

BayeuxService::~BayeuxService() = default;

void BayeuxService::listen(std::string_view channel, MessageListener listener)
{
    ChannelTemplate channels(channel);
    auto const listening_channel = channels.listening_channel();
    context_.channel(listening_channel)
        .add_listener("service " + name_,
            [channels = std::move(channels), listener = std::move(listener)](Incoming& in) {
                if (in.from == nullptr)
                    return Decision::allow();
                auto parameters = channels.match(in.message.channel());
                if (!parameters)
                    return Decision::allow();
                in.parameters = std::move(*parameters);
                return listener(in);
            });
}

/// What is to decide must not let things pass because it is broken.
MessageListener BayeuxService::deny_on_throw(MessageListener listener)
{
    return [this, listener = std::move(listener)](Incoming& in) {
        try {
            return listener(in);
        } catch (BadMessage const&) {
            throw;
        } catch (...) {
            context_.note_failure(
                "service " + name_, in.message.channel(), std::current_exception());
            return Decision::deny();
        }
    };
}

void BayeuxService::listen_to_calls(std::string_view target, CallHandler handler)
{
    listen(std::string("/service/").append(target),
        [this, handler = std::move(handler)](Incoming& in) {
            auto& caller = in.sender();
            RemoteCall call(context_, caller, in.message, in.parameters);
            try {
                handler(caller, call);
            } catch (CallFailure const& failure) {
                call.failure(failure.data());
            } catch (BadMessage const& bad) {
                call.failure(valid_utf8(bad.what()));
                context_.note_bad_message("service " + name_, in.message.channel(), bad.what());
            } catch (...) {
                call.failure("service failed");
                throw;
            }
            if (!call.answered())
                call.start_deadline("service " + name_);
            return Decision::allow();
        });
}

void BayeuxService::watch(Event event, std::string_view channel, Watcher watcher)
{
    if (!watches_) {
        watches_ = std::make_unique<Watches>();
        context_.add_listener(*watches_);
    }
    watches_->add(event, channel, std::move(watcher));
}

void BayeuxService::listen_to_requests(
    std::string_view path, std::function<void(WebRequest)> handler)
{
    context_.answer_requests(path, "service " + name_, std::move(handler));
}

} // namespace bayeux
