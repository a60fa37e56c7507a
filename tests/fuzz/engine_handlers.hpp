#pragma once

#include "bayeux/delivery_listener.hpp"
#include "bayeux/extension.hpp"
#include "bayeux/local_session.hpp"
#include "bayeux/security_policy.hpp"
#include "bayeux/service.hpp"
#include "tests/fuzz/bytes.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

/// Everything that user code may plug into the engine, doing what the input's bytes say.
namespace bayeux::fuzz {

/// What a service keeps for later; it must be gone before the engine.
struct Kept {
    std::vector<Timer> timers;
    std::vector<RemoteCall> calls;
    std::vector<WebRequest> requests;
    std::vector<std::unique_ptr<LocalSession>> locals;
};

/// Threads on which nothing happens by itself.
struct FuzzWorkers : Workers {
    bool run(std::function<void()> job) override
    {
        jobs.push_back(std::move(job));
        return jobs.size() < 10;
    }
    void post(std::function<void()> task) override { tasks.push_back(std::move(task)); }

    std::deque<std::function<void()>> jobs;
    std::deque<std::function<void()>> tasks;
};

struct Handlers {
    explicit Handlers(Bytes& input) : bytes(input) {}

    Decision decision()
    {
        switch (bytes.next()) {
        case 1:
        case 2:
            return Decision::deny("no");
        case 3:
        case 4:
            return Decision::later();
        case 5:
            throw std::runtime_error("a handler fails");
        case 6:
            throw BadMessage("no good");
        default:
            return Decision::allow();
        }
    }
    Decision answer(Pending question)
    {
        auto decided = decision();
        if (decided.is_later())
            questions.push_back(question);
        return decided;
    }
    Extension::Verdict verdict()
    {
        auto const byte = bytes.next();
        if (byte == 5)
            throw std::runtime_error("a handler fails");
        return byte == 1 ? Extension::Verdict::drop : Extension::Verdict::keep;
    }
    /// What services do; `session` may be null.
    void act(ServiceContext& context, Session* session);
    void act_locally(ServiceContext& context);
    void change(Channel& channel);

    Bytes& bytes;
    std::vector<Pending> questions; ///< asked and perhaps still open
    std::size_t guarded_channels = 0;
    std::set<std::string> heard_channels; ///< with listeners, so they stay
    std::size_t sessions_begun = 0;
    std::size_t sessions_ended = 0;
    Kept* kept = nullptr; ///< the service's
};

class FuzzPolicy : public SecurityPolicy {
public:
    explicit FuzzPolicy(Handlers& handlers) : handlers_(handlers) {}

    Decision may_handshake(
        Session&, Request const&, Message const&, MessageReply&, Pending question) override
    {
        return handlers_.answer(question);
    }
    Decision may_create(Session const&, std::string_view, Message const&, Pending question) override
    {
        return handlers_.answer(question);
    }
    Decision may_subscribe(
        Session const&, std::string_view, Message const&, Pending question) override
    {
        return handlers_.answer(question);
    }
    Decision may_publish(
        Session const&, std::string_view, Message const&, Pending question) override
    {
        return handlers_.answer(question);
    }

private:
    Handlers& handlers_;
};

class FuzzExtension : public Extension {
public:
    explicit FuzzExtension(Handlers& handlers) : handlers_(handlers) {}

    Decision incoming(
        Session* from, Message& message, MessageReply& reply, Pending question) override
    {
        auto const byte = handlers_.bytes.next();
        if (byte == 1)
            message.set_data(R"({"changed":true})");
        if (byte == 2)
            reply.set_member("ext", "{}");
        if (byte == 3)
            reply.handled = true;
        if (byte == 4 && from != nullptr)
            from->disconnect();
        return handlers_.answer(question);
    }
    Verdict replying(Session* to, MessageReply& reply) override
    {
        if (handlers_.bytes.next() == 1)
            reply.set_member("ext", "[]");
        if (handlers_.bytes.next() == 1 && to != nullptr)
            to->deliver_json("/late", "1");
        return handlers_.verdict();
    }
    Verdict publishing(Session*, Message& message) override
    {
        if (handlers_.bytes.next() == 1)
            message.set_member("stamp", "1");
        return handlers_.verdict();
    }
    Verdict delivering(Session&, FrozenMessage& message) override
    {
        if (handlers_.bytes.next() == 1)
            message = freeze(message->channel, "[]");
        return handlers_.verdict();
    }

private:
    Handlers& handlers_;
};

class FuzzService : public BayeuxService, public DeliveryListener {
public:
    FuzzService(ServiceContext& service_context, Handlers& handlers)
        : BayeuxService(service_context, "fuzz"), handlers_(handlers)
    {
        context().add_delivery_listener(*this);
        on_request("/web/", &FuzzService::serve_web);
        on("/service/a", &FuzzService::serve);
        on("/meta/**", &FuzzService::serve);
        on("/a/{x}/{y}", &FuzzService::serve);
        on_call("call", &FuzzService::answer);
        handlers.kept = &kept_;
        for (auto const* name : {"/**", "/a/*"})
            context().channel(name).add_listener("fuzz", [this](Incoming& in) {
                if (in.from != nullptr)
                    handlers_.act(context(), in.from);
                return handlers_.answer(in.pending);
            });
    }

private:
    void answer(RemoteCall call)
    {
        switch (handlers_.bytes.next()) {
        case 1:
            return call.result(1);
        case 2:
            return; // for ever
        case 3:
            throw CallFailure("no");
        case 4:
            return in_background([] { return 2; }, [call](int sum) mutable { call.result(sum); });
        default:
            kept_.calls.push_back(std::move(call));
        }
    }
    void serve_web(WebRequest request)
    {
        switch (handlers_.bytes.next()) {
        case 1:
            return request.answer(WebReply::text(200, request.rest()));
        case 2:
            return; // nobody holds it any more
        case 3:
            throw BadMessage("no good");
        case 4:
            throw std::runtime_error("a handler fails");
        case 5:
            return request.answer({99, {{"Content-Length", "1"}}, "x"});
        default:
            kept_.requests.push_back(request);
            return handlers_.act(context(), nullptr);
        }
    }
    QueuePolicy queue_full(Session&, FrozenMessage const&, QueuePolicy policy) override
    {
        return handlers_.bytes.of(
            {policy, QueuePolicy::drop_oldest, QueuePolicy::drop_newest, QueuePolicy::disconnect});
    }
    Decision serve(Incoming& in)
    {
        handlers_.act(context(), in.from);
        return handlers_.bytes.next() == 1 ? Decision::deny() : Decision::allow();
    }
    void session_added(Session& session, Message const&) override
    {
        ++handlers_.sessions_begun;
        if (handlers_.bytes.next() == 1)
            session.add_extension(std::make_shared<FuzzExtension>(handlers_));
        handlers_.act(context(), &session);
    }
    void session_removed(Session& session, Removal, Message const*) override
    {
        ++handlers_.sessions_ended;
        handlers_.act(context(), &session);
    }
    void subscribed(Session& session, Channel&, Message const*) override
    {
        handlers_.act(context(), &session);
    }
    void unsubscribed(Session& session, Channel&, Message const*) override
    {
        handlers_.act(context(), &session);
    }
    void channel_removed(Channel& channel) override
    {
        handlers_.heard_channels.erase(channel.name());
    }
    void channel_added(Channel& channel) override
    {
        if (channel.name() != "/guarded/a")
            return;
        ++handlers_.guarded_channels;
        channel.add_authorizer([this](Operation, std::string_view, Session const&, Message const&) {
            switch (handlers_.bytes.next()) {
            case 1:
                return Authorization::deny("no");
            case 2:
                return Authorization::ignore();
            case 3:
                throw std::runtime_error("an authorizer fails");
            default:
                return Authorization::grant();
            }
        });
    }

    Handlers& handlers_;
    Kept kept_;
};

inline void Handlers::act(ServiceContext& context, Session* session)
{
    switch (bytes.next()) {
    case 1:
        return context.publish(bytes.of({"/a", "/a/b", "/left"}), {1, 2});
    case 2:
        return context.publish("/service/a", nullptr); // throws
    case 3:
        if (session != nullptr)
            session->deliver("/private", "text", "7");
        return;
    case 4:
        if (session != nullptr)
            session->disconnect();
        return;
    case 5:
        if (session != nullptr)
            session->set_timeout(Duration(bytes.next()));
        return;
    case 6:
        if (session != nullptr)
            session->set_interval(Duration(bytes.next()));
        return;
    case 7:
        if (!questions.empty())
            context.resolve(questions[bytes.below(questions.size())], decision());
        return;
    case 8:
        if (session != nullptr)
            session->subscribe(bytes.of({"/a", "/a/b", "/left", "/service/a"})); // the last throws
        return;
    case 9:
        if (session != nullptr)
            session->unsubscribe(bytes.of({"/a", "/a/b", "/left"}));
        return;
    case 10:
        if (auto* const channel = context.find_channel(bytes.of({"/a", "/a/b/c"})))
            channel->remove();
        return;
    case 11:
        if (session != nullptr)
            context.publish(Message::make(bytes.of({"/a", "/a/b/c"}), "1"), *session);
        return;
    case 12:
        if (session != nullptr)
            session->set_max_interval(Duration(bytes.next()));
        return;
    case 13:
        kept->timers.push_back(context.after(Duration(bytes.next()), [this, &context] {
            act(context, nullptr);
            (void)decision(); // may throw
        }));
        return;
    case 14:
        kept->timers.clear();
        return;
    case 15:
        if (session != nullptr)
            context.in_background(
                *session, [] { return 1; },
                [this, &context](Session& alive, int) { act(context, &alive); });
        return;
    case 16:
        if (!kept->calls.empty())
            kept->calls.back().result("late");
        return;
    case 17:
        kept->calls.clear();
        return;
    case 18:
    case 19:
        return act_locally(context);
    case 20:
        if (session != nullptr)
            session->set_meta_connect_deliver_only(bytes.of({true, false}));
        return;
    case 21:
        if (session != nullptr)
            session->set_broadcast_to_publisher(bytes.of({true, false}));
        return;
    case 22:
        return change(context.channel(bytes.of({"/a", "/a/b", "/a/b/c"})));
    case 23:
        kept->timers.push_back(context.every(
            Duration(1'000 + bytes.next()), [this, &context] { act(context, nullptr); }));
        return;
    case 24:
        return context.post([this, &context] { act(context, nullptr); });
    case 25:
        context.in_background([] { throw std::runtime_error("work fails"); }, [] {},
            [this, &context](std::exception_ptr) { act(context, nullptr); });
        return;
    case 26:
        if (!kept->requests.empty())
            kept->requests.back().answer(WebReply::text(bytes.of({200U, 404U}), "late"));
        return;
    case 27:
        kept->requests.clear();
        return;
    case 28:
        if (!kept->calls.empty())
            kept->calls.back().failure(nullptr);
        return;
    default:
        return;
    }
}

inline void Handlers::act_locally(ServiceContext& context)
{
    auto& locals = kept->locals;
    auto const what = bytes.below(8);
    if (what == 0 && locals.size() < 4)
        locals.push_back(context.local_session("fuzz"));
    if (locals.empty())
        return;
    auto& local = *locals[bytes.below(locals.size())];
    auto const replied = [this, &context](MessageReply const&) { act(context, nullptr); };
    switch (what) {
    case 1:
    case 2:
        return local.subscribe(
            bytes.of({"/a", "/a/*", "/guarded/a", "/service/a"}),
            [this, &context](Message const&) { act(context, nullptr); }, replied);
    case 3:
        return local.unsubscribe(bytes.of({"/a", "/a/*"}), replied);
    case 4:
    case 5:
        return local.publish(
            bytes.of({"/a", "/a/b", "/guarded/a", "/service/call", "/service/a"}), 1, replied);
    case 6:
        return local.disconnect();
    case 7:
        locals.pop_back();
        return;
    default:
        return;
    }
}

inline void Handlers::change(Channel& channel)
{
    switch (bytes.next()) {
    case 1:
        return channel.set_lazy();
    case 2:
        return channel.set_lazy(Duration(bytes.next()));
    case 3:
        return channel.set_prompt();
    case 4:
        return channel.set_broadcast_to_publisher(bytes.of({true, false}));
    case 5:
        channel.add_listener("late", [this](Incoming& in) { return answer(in.pending); });
        heard_channels.insert(channel.name());
        return;
    default:
        return;
    }
}

} // namespace bayeux::fuzz
