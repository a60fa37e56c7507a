#pragma once

#include "bayeux/extension.hpp"
#include "bayeux/security_policy.hpp"
#include "bayeux/service.hpp"
#include "tests/fuzz/bytes.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

/// Everything that user code may plug into the engine, doing what the input's bytes say.
namespace bayeux::fuzz {

/// What a service keeps for later; it must be gone before the engine.
struct Kept {
    std::vector<Timer> timers;
    std::vector<RemoteCall> calls;
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

    Bytes& bytes;
    std::vector<Pending> questions; ///< asked and perhaps still open
    std::size_t guarded_channels = 0;
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

class FuzzService : public BayeuxService {
public:
    FuzzService(ServiceContext& service_context, Handlers& handlers)
        : BayeuxService(service_context, "fuzz"), handlers_(handlers)
    {
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
    Decision serve(Incoming& in)
    {
        handlers_.act(context(), in.from);
        return handlers_.bytes.next() == 1 ? Decision::deny() : Decision::allow();
    }
    void session_added(Session& session, Message const&) override
    {
        if (handlers_.bytes.next() == 1)
            session.add_extension(std::make_shared<FuzzExtension>(handlers_));
        handlers_.act(context(), &session);
    }
    void session_removed(Session& session, Removal, Message const*) override
    {
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
    default:
        return;
    }
}

} // namespace bayeux::fuzz
