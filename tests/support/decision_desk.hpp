#pragma once

#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::testing {

/// Puts questions off and keeps them for the test to answer.
struct Desk {
    std::vector<Pending> open;

    Decision put_off(Pending pending)
    {
        open.push_back(pending);
        return Decision::later();
    }
    /// The oldest open question.
    Pending take()
    {
        auto const first = open.at(0);
        open.erase(open.begin());
        return first;
    }
};

/// A world whose policy puts off what concerns /slow/... channels, and one client.
struct SlowWorld {
    Desk create;
    Desk subscribe;
    Desk publish;
    FakeWorld world{{}, policy()};
    FakeClient client{world};

    Origin send_publish(FakeClient& from, std::string const& channel = "/slow/x")
    {
        return from.send(from.message(channel, R"("data":1)"));
    }

private:
    std::unique_ptr<SecurityPolicy> policy()
    {
        auto const slow = [](Desk& desk) {
            return [&desk](std::string_view channel, Pending pending) {
                return channel.starts_with("/slow/") ? desk.put_off(pending) : Decision::allow();
            };
        };
        auto made = std::make_unique<ScriptedPolicy>();
        made->create = slow(create);
        made->subscribe = slow(subscribe);
        made->publish = slow(publish);
        return made;
    }
};

} // namespace bayeux::testing
