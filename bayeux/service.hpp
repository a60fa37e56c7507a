#pragma once

#include "bayeux/channel.hpp"
#include "bayeux/decision.hpp"
#include "bayeux/listener.hpp"
#include "bayeux/local_session.hpp"
#include "bayeux/message.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/remote_call.hpp"
#include "bayeux/session.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace bayeux {

namespace detail {
class Core;
}

/// What a service may ask of the engine. Owned by the engine; engine thread. What it sends goes out
/// when the message being handled is dealt with, see Session; outside of handlers, with the next
/// call of the engine.
class ServiceContext {
public:
    explicit ServiceContext(detail::Core& core) : core_(core) {}

    /// The live session with this id, or null. Valid during the running handler.
    Session* session(std::string_view id);
    /// The channel, created when it is not there. Throws std::invalid_argument for a bad name.
    Channel& channel(std::string_view name);
    /// The same. When it was not there `initialise` is called with it, before anybody else sees it:
    /// to make it persistent, give it authorizers, ... What that throws comes to the caller, and
    /// the channel is gone again.
    Channel& channel(std::string_view name, std::function<void(Channel&)> const& initialise);
    /// To all subscribers, past the security policy. Throws std::invalid_argument for a name that
    /// is bad, wild, or of a /meta/ or /service/ channel.
    void publish(std::string_view channel, boost::json::value const& data);
    /// The same with a message that has more than data, see Message::make().
    void publish(Message message);
    /// A new session of the server itself. `hint` (letters, digits, `-` and `_`; else
    /// std::invalid_argument) says in logs and ids what it is for.
    std::unique_ptr<LocalSession> local_session(std::string_view hint);
    /// Answers a question to which a policy, listener or extension said Decision::later().
    void resolve(Pending pending, Decision decision);
    void add_listener(Listener& listener);
    /// From a service's constructor: it reads heads of requests (Request::head(),
    /// Session::user_agent()). They are kept for nobody else, since that costs time and memory.
    /// Throws std::logic_error from inside a handler.
    void need_request_heads();
    /// The time the engine was last told.
    Instant now() const;
    void log(LogLevel level, std::string text);

private:
    detail::Core& core_;
};

/// The base of services: a class that listens to channels, written as if the world had one thread.
/// Its handlers are called on the engine thread, one at a time. A handler that throws harms its own
/// message only: the exception is logged with service and channel, the sender still gets its reply.
class BayeuxService : public Listener {
public:
    BayeuxService(ServiceContext& context, std::string name);
    BayeuxService(BayeuxService const&) = delete;
    BayeuxService& operator=(BayeuxService const&) = delete;

    std::string const& name() const { return name_; }

protected:
    ServiceContext& context() { return context_; }

    /// Handles the messages that clients send to `channel` (exact or wild, /meta/ too). The handler
    /// is a member `void f(Session& from, Message const&)`, or `Decision f(Session& from,
    /// Message&)` when it wants to change or refuse messages.
    template <class Service>
    void on(std::string_view channel, void (Service::*handler)(Session&, Message const&))
    {
        listen(
            channel, [service = static_cast<Service*>(this), handler](Session& from, Message& m) {
                (service->*handler)(from, m);
                return Decision::allow();
            });
    }
    template <class Service>
    void on(std::string_view channel, Decision (Service::*handler)(Session&, Message&))
    {
        listen(channel, [service = static_cast<Service*>(this), handler](
                            Session& from, Message& m) { return (service->*handler)(from, m); });
    }

    /// Answers what clients ask by remoteCall(target), which is a message to /service/<target>. The
    /// handler is a member `json::value f(Session& caller, Message const&)` whose value is the
    /// result, or `void f(RemoteCall)`, which answers now or later. What either throws is the
    /// failure: a CallFailure as it says, anything else, which is logged, as "service failed".
    template <class Service>
    void on_call(std::string_view target, void (Service::*handler)(RemoteCall))
    {
        listen_to_calls(target, [service = static_cast<Service*>(this), handler](
                                    Session&, RemoteCall call) { (service->*handler)(call); });
    }
    template <class Service>
    void on_call(
        std::string_view target, boost::json::value (Service::*handler)(Session&, Message const&))
    {
        listen_to_calls(target,
            [service = static_cast<Service*>(this), handler](Session& from, RemoteCall call) {
                call.result((service->*handler)(from, call.message()));
            });
    }

private:
    using Handler = std::function<Decision(Session&, Message&)>;
    using CallHandler = std::function<void(Session&, RemoteCall)>;
    void listen(std::string_view channel, Handler handler);
    void listen_to_calls(std::string_view target, CallHandler handler);

    ServiceContext& context_;
    std::string name_;
};

} // namespace bayeux
