#include "tests/support/faulty_service.hpp"

#include "tests/support/fault_world.hpp"

#include <utility>
#include <vector>

namespace bayeux::testing {
namespace {

using namespace std::chrono_literals;

class SlowPolicy : public SecurityPolicy {
public:
    explicit SlowPolicy(FaultWorld& world) : world_(world) {}

    Decision may_subscribe(
        Session const&, std::string_view channel, Message const&, Pending question) override
    {
        return decide(channel, question);
    }
    Decision may_publish(
        Session const&, std::string_view channel, Message const&, Pending question) override
    {
        return decide(channel, question);
    }

private:
    Decision decide(std::string_view channel, Pending question)
    {
        if (!channel.starts_with("/slow"))
            return Decision::allow();
        world_.ask_later(question);
        return Decision::later();
    }

    FaultWorld& world_;
};

class FaultyService : public BayeuxService {
public:
    FaultyService(ServiceContext& service_context, FaultWorld& world)
        : BayeuxService(service_context, "faulty"), world_(world)
    {
        on("/chat", [this](Session&, Message const&) { world_.perhaps_throw(); });
        on_call("now", [this](RemoteCall call) {
            world_.perhaps_throw();
            call.result(1);
        });
        on_call("later", [this](RemoteCall call) {
            timers_.push_back(after(50ms, [call]() mutable { call.result(1); }));
        });
        on_call("never", [this](RemoteCall call) { kept_calls_.push_back(std::move(call)); });
        on_request("/web/now", [this](WebRequest request) {
            world_.perhaps_throw();
            request.answer(WebReply::text(200, "now"));
        });
        on_request("/web/later", [this](WebRequest request) {
            timers_.push_back(
                after(50ms, [request] { request.answer(WebReply::text(200, "later")); }));
        });
        on_request("/web/never", [this](WebRequest request) { kept_requests_.push_back(request); });
    }

private:
    void session_added(Session&, Message const&) override { world_.perhaps_throw(); }
    void session_removed(Session&, Removal, Message const*) override { world_.perhaps_throw(); }
    void subscribed(Session&, Channel&, Message const*) override { world_.perhaps_throw(); }

    FaultWorld& world_;
    std::vector<Timer> timers_;
    std::vector<RemoteCall> kept_calls_;
    std::vector<WebRequest> kept_requests_;
};

} // namespace

std::unique_ptr<SecurityPolicy> make_slow_policy(FaultWorld& world)
{
    return std::make_unique<SlowPolicy>(world);
}

std::unique_ptr<BayeuxService> make_faulty_service(ServiceContext& context, FaultWorld& world)
{
    return std::make_unique<FaultyService>(context, world);
}

} // namespace bayeux::testing
