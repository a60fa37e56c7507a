#pragma once

#include "bayeux/channel.hpp"
#include "bayeux/decision.hpp"
#include "bayeux/delivery_listener.hpp"
#include "bayeux/extension.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/listener.hpp"
#include "bayeux/local_session.hpp"
#include "bayeux/message.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/request.hpp"
#include "bayeux/security_policy.hpp"
#include "bayeux/session.hpp"
#include "bayeux/time.hpp"
#include "bayeux/timer.hpp"
#include "bayeux/web_request.hpp"

#include <boost/json/value.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace bayeux {

namespace detail {
class Core;
}

/// What a service may ask of the engine. Owned by the engine; engine thread, but for post(). What
/// it sends goes out when the message being handled is dealt with, see Session; outside of
/// handlers, with the next call of the engine.
class ServiceContext {
public:
    using Failed = std::function<void(std::exception_ptr)>;

    explicit ServiceContext(detail::Core& core) : core_(core) {}
    ServiceContext(ServiceContext const&) = delete;
    ServiceContext& operator=(ServiceContext const&) = delete;

    // Sessions

    /// The live session with this id, or one whose handshake waits for a decision, which can be
    /// given attributes but no messages; else null. Valid during the running handler.
    Session* session(std::string_view id);
    /// All of them, local ones too, in no order. Valid as session().
    std::vector<Session*> sessions();
    /// A new session of the server itself. `hint` (letters, digits, `-` and `_`; else
    /// std::invalid_argument) says in logs and ids what it is for.
    std::unique_ptr<LocalSession> local_session(std::string_view hint);
    /// What carried the message that is being handled; null outside of its handlers. Messages of
    /// the server itself have an empty one. Valid during the running handler.
    Request const* request() const;

    // Channels

    /// The channel, created when it is not there. Throws std::invalid_argument for a bad name.
    Channel& channel(std::string_view name);
    /// The same. When it was not there `initialise` is called with it, before anybody else sees it:
    /// to make it persistent, give it authorizers, ... What that throws comes to the caller, and
    /// the channel is gone again.
    Channel& channel(std::string_view name, std::function<void(Channel&)> const& initialise);
    /// The channel, or null. Valid during the running handler.
    Channel* find_channel(std::string_view name);
    /// All of them, in no order. Valid as find_channel().
    std::vector<Channel*> channels();
    /// To all subscribers, past the security policy. Throws std::invalid_argument for a name that
    /// is bad, wild, or of a /meta/ or /service/ channel, and for data as Message::make().
    void publish(std::string_view channel, boost::json::value const& data);
    template <MadeValue Data>
    void publish(std::string_view channel, Data const& data)
    {
        publish(channel, boost::json::value_from(data));
    }
    /// The same with a message that has more than data, see Message::make().
    void publish(Message message);
    /// The same as if `from` had published it: listeners see it as the sender, and it gets no copy
    /// where publishers get none.
    void publish(Message message, Session const& from);

    // Set-up, before traffic comes

    /// Not owned; must outlive the engine, or be the service itself.
    void add_listener(Listener& listener);
    void add_delivery_listener(DeliveryListener& listener);
    void add_extension(std::shared_ptr<Extension> extension);
    /// Instead of the one that the engine was made with. There is one: std::logic_error when
    /// another service has set its own.
    void set_security_policy(std::shared_ptr<SecurityPolicy> policy);
    /// From a service's constructor: it reads heads of requests (Request::head(),
    /// Session::user_agent()). They are kept for nobody else, since that costs time and memory.
    /// Throws std::logic_error from inside a handler.
    void need_request_heads();

    // Later

    /// Answers a question to which a policy, listener or extension said Decision::later(). A stale
    /// or unknown one is ignored.
    void resolve(Pending pending, Decision decision);
    /// Does `work` once after `delay`, or every `period` (at least 1 ms; else
    /// std::invalid_argument), as long as the Timer lives. In a service's constructor: counted from
    /// the engine's first call on. When the engine was kept from it several periods become one.
    /// What `work` throws is logged, with `owner`.
    Timer after(Duration delay, std::function<void()> work, std::string owner = "timer");
    Timer every(Duration period, std::function<void()> work, std::string owner = "timer");
    /// The time the engine was last told.
    Instant now() const;
    /// How long an answer may take (EngineOptions).
    Duration decision_timeout() const;

    // Threads

    /// Has `task` done on the engine's thread, soon. Any thread, as long as the engine lives: a
    /// service that has threads ends them in its destructor. What it throws is logged.
    void post(std::function<void()> task);
    /// Does `work()` on another thread, which must not touch the engine, then `then(result)` on
    /// the engine's thread (`then()` when there is no result). When `work` throws, `failed` gets
    /// that instead; without it it is logged and counted. What they hold, a RemoteCall for
    /// instance, is destroyed on the engine's thread, or while that waits at the server's end.
    /// Throws std::length_error when too much work waits already, and std::logic_error in an engine
    /// without threads.
    template <class Work, class Then>
    void in_background(Work work, Then then, Failed const& failed = {})
    {
        start_in_background("work", {}, std::move(work), std::move(then), failed);
    }
    /// The same for a session: `then(Session&, result)` and `failed` are only called while it
    /// lives. They are destroyed with it; the work is done all the same.
    template <class Work, class Then>
    void in_background(Session const& session, Work work, Then then, Failed const& failed = {})
    {
        start_in_background(
            "work", session.id(), std::move(work), for_session(session, std::move(then)), failed);
    }

    void log(LogLevel level, std::string text);

private:
    friend class BayeuxService; // names itself as the owner of its work

    template <class Then>
    auto for_session(Session const& session, Then then)
    {
        return [this, id = session.id(), then = std::move(then)](auto&&... result) mutable {
            if (auto* const alive = this->session(id))
                then(*alive, std::forward<decltype(result)>(result)...);
        };
    }
    void note_failure(
        std::string const& owner, std::string_view channel, std::exception_ptr const& failure);
    void note_bad_message(
        std::string const& owner, std::string_view channel, std::string_view what);
    /// `session`: its id, or empty.
    template <class Work, class Then>
    void start_in_background(std::string const& owner, std::string const& session, Work work,
        Then then, Failed const& failed)
    {
        using Result = std::invoke_result_t<Work&>;
        // Shared, so that what cannot be copied may be captured.
        auto const kept_work = std::make_shared<Work>(std::move(work));
        auto const kept_then = std::make_shared<Then>(std::move(then));
        if constexpr (std::is_void_v<Result>) {
            start(
                owner, session, [kept_work] { (*kept_work)(); }, [kept_then] { (*kept_then)(); },
                failed);
        } else {
            auto const result = std::make_shared<std::optional<Result>>();
            start(
                owner, session, [kept_work, result] { result->emplace((*kept_work)()); },
                [kept_then, result] { (*kept_then)(std::move(**result)); }, failed);
        }
    }
    void start(std::string const& owner, std::string const& session, std::function<void()> work,
        std::function<void()> then, Failed const& failed);
    void answer_requests(
        std::string_view path, std::string owner, std::function<void(WebRequest)> handler);

    detail::Core& core_;
};

} // namespace bayeux
