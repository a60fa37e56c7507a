#pragma once

#include "bayeux/channel_template.hpp"
#include "bayeux/fields.hpp"
#include "bayeux/remote_call.hpp"
#include "bayeux/service_context.hpp"
#include "bayeux/web_request.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bayeux {

/// The base of services: a class that listens to channels, written as if the world had one thread.
/// Its handlers are called on the engine thread, one at a time, never from inside each other. A
/// handler that throws harms its own message only: BadMessage is its answer, anything else is
/// logged with service and channel, and the sender still gets its reply.
///
/// Handlers are member functions of the service, `&Chat::join`, or anything else that can be called
/// with the same arguments. They are registered in the constructor.
class BayeuxService : public Listener {
public:
    BayeuxService(ServiceContext& context, std::string name);
    ~BayeuxService() override;
    BayeuxService(BayeuxService const&) = delete;
    BayeuxService& operator=(BayeuxService const&) = delete;

    std::string const& name() const { return name_; }

protected:
    ServiceContext& context() { return context_; }

    /// Handles the messages that clients send to `channel`: one, a wild one, /meta/ too, or a
    /// template, `/room/{id}`, see ChannelTemplate. The handler is one of
    ///
    ///     void f(Session& from, Message const&)
    ///     void f(Session& from, Message const&, Parameters const&)
    ///     Decision f(Incoming&)             // to change, refuse or hold up messages
    ///
    /// When one that decides throws, the message is refused.
    template <class Handler>
    void on(std::string_view channel, Handler handler)
    {
        auto call = bound(std::move(handler));
        using Call = decltype(call);
        if constexpr (std::is_invocable_r_v<Decision, Call&, Incoming&>)
            listen(channel, deny_on_throw(std::move(call)));
        else if constexpr (std::is_invocable_v<Call&, Session&, Message const&, Parameters const&>)
            listen(channel, [call = std::move(call)](Incoming& in) mutable {
                call(in.sender(), std::as_const(in.message), std::as_const(in.parameters));
                return Decision::allow();
            });
        else {
            static_assert(!std::is_invocable_r_v<Decision, Call&, Session&, Message const&>,
                "a handler that decides is Decision f(Incoming&)");
            static_assert(std::is_invocable_v<Call&, Session&, Message const&>,
                "a handler is void f(Session&, Message const&), the same with Parameters const&, "
                "or Decision f(Incoming&)");
            listen(channel, [call = std::move(call)](Incoming& in) mutable {
                call(in.sender(), std::as_const(in.message));
                return Decision::allow();
            });
        }
    }

    /// Answers what clients ask by remoteCall(target), which is a message to /service/<target>; a
    /// template may stand there too. The handler is one of
    ///
    ///     Data f(Session& caller, Message const&)    // json::value, or what becomes one
    ///     void f(RemoteCall)                         // answers now or later
    ///
    /// What it throws is the failure: CallFailure and BadMessage as they say, anything else, which
    /// is logged, as "service failed".
    template <class Handler>
    void on_call(std::string_view target, Handler handler)
    {
        auto call = bound(std::move(handler));
        using Call = decltype(call);
        if constexpr (std::is_invocable_v<Call&, RemoteCall>)
            listen_to_calls(target, [call = std::move(call)](Session&, RemoteCall asked) mutable {
                call(std::move(asked));
            });
        else {
            static_assert(std::is_invocable_v<Call&, Session&, Message const&>,
                "a handler of calls is Data f(Session&, Message const&) or void f(RemoteCall)");
            static_assert(!std::is_void_v<std::invoke_result_t<Call&, Session&, Message const&>>,
                "a handler of calls returns the result, or takes a RemoteCall to answer later");
            listen_to_calls(
                target, [call = std::move(call)](Session& caller, RemoteCall asked) mutable {
                    asked.result(call(caller, asked.message()));
                });
        }
    }

    /// Answers HTTP requests: those below `path` when it ends with `/`, else those to this path
    /// alone; where several fit the longest has them. What is below the server's --path never comes
    /// here, nor does OPTIONS, which the server answers, nor what pages of foreign origins ask in
    /// the name of their visitors, except by GET and HEAD: these are to change nothing. The handler
    /// is `void f(WebRequest)`, which answers now or later. BadMessage is answered with 400 and its
    /// text, anything else that it throws with 500. Throws std::invalid_argument for what is no
    /// path, or has `%`, `?` or `#` in it, and for one that has been taken; std::logic_error from
    /// inside a handler.
    template <class Handler>
    void on_request(std::string_view path, Handler handler)
    {
        listen_to_requests(path, bound(std::move(handler)));
    }

    /// Told when a session has subscribed to, or unsubscribed from, `channel` (as in on(); a wild
    /// one means all that it matches, and itself), by its end too. The handler is one of
    ///
    ///     void f(Session&, Channel&)
    ///     void f(Session&, Channel&, Parameters const&)
    template <class Handler>
    void on_subscribed(std::string_view channel, Handler handler)
    {
        watch(Event::subscribed, channel, with_parameters(bound(std::move(handler))));
    }
    template <class Handler>
    void on_unsubscribed(std::string_view channel, Handler handler)
    {
        watch(Event::unsubscribed, channel, with_parameters(bound(std::move(handler))));
    }

    // As ServiceContext's, named after this service.

    /// The work is a member function, or anything that can be called with nothing.
    template <class Work>
    Timer after(Duration delay, Work work)
    {
        return context_.after(delay, bound(std::move(work)), "timer of service " + name_);
    }
    template <class Work>
    Timer every(Duration period, Work work)
    {
        return context_.every(period, bound(std::move(work)), "timer of service " + name_);
    }

    template <class Work, class Then>
    void in_background(Work work, Then then, ServiceContext::Failed const& failed = {})
    {
        context_.start_in_background(
            "work of service " + name_, {}, std::move(work), std::move(then), failed);
    }
    template <class Work, class Then>
    void in_background(
        Session const& session, Work work, Then then, ServiceContext::Failed const& failed = {})
    {
        context_.start_in_background("work of service " + name_, session.id(), std::move(work),
            context_.for_session(session, std::move(then)), failed);
    }

private:
    class Watches;
    enum class Event { subscribed, unsubscribed };
    using Watcher = std::function<void(Session&, Channel&, Parameters const&)>;
    using CallHandler = std::function<void(Session&, RemoteCall)>;

    /// A member function with its service, anything else as it is.
    template <class Service, class Result, class... Arguments>
    auto bound(Result (Service::*handler)(Arguments...))
    {
        static_assert(std::is_base_of_v<BayeuxService, Service>,
            "the handler is to be a member of the service itself");
        return [service = static_cast<Service*>(this), handler](Arguments... arguments) -> Result {
            return (service->*handler)(std::forward<Arguments>(arguments)...);
        };
    }
    template <class Service, class Result, class... Arguments>
    auto bound(Result (Service::*handler)(Arguments...) const)
    {
        return [service = static_cast<Service const*>(this), handler](
                   Arguments... arguments) -> Result {
            return (service->*handler)(std::forward<Arguments>(arguments)...);
        };
    }
    template <class Callable>
    static Callable bound(Callable callable)
    {
        return callable;
    }

    template <class Call>
    static Watcher with_parameters(Call call)
    {
        if constexpr (std::is_invocable_v<Call&, Session&, Channel&, Parameters const&>)
            return call;
        else {
            static_assert(std::is_invocable_v<Call&, Session&, Channel&>,
                "a handler of subscriptions is void f(Session&, Channel&), or the same with "
                "Parameters const&");
            return [call = std::move(call)](Session& session, Channel& channel,
                       Parameters const&) mutable { call(session, channel); };
        }
    }

    void listen(std::string_view channel, MessageListener listener);
    MessageListener deny_on_throw(MessageListener listener);
    void listen_to_calls(std::string_view target, CallHandler handler);
    void watch(Event event, std::string_view channel, Watcher watcher);
    void listen_to_requests(std::string_view path, std::function<void(WebRequest)> handler);

    ServiceContext& context_;
    std::string name_;
    std::unique_ptr<Watches> watches_; ///< null until there is one
};

} // namespace bayeux
