// Every scenario is run once for each of its steps and each fault that may come behind it; then the
// clients go on as real ones do, and what bayeux(7) promises has to hold. A failure names scenario,
// fault, victim and step.

#include "tests/support/allocations.hpp"
#include "tests/support/fault_world.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

using Script = std::vector<FaultWorld::Action>;
using Way = FaultWorld::Way;
using Acknowledges = FaultWorld::Acknowledges;

struct Scenario {
    char const* name;
    std::function<Script(FaultWorld&)> begin;
};

/// Three of different kinds, who take part in `channel`.
Script meet(FaultWorld& world, std::string const& channel)
{
    world.add_client(Way::long_polling, Acknowledges::yes);
    world.add_client(Way::websocket, Acknowledges::yes);
    world.add_client(Way::long_polling, Acknowledges::no);
    Script script;
    for (auto const& each : world.clients()) {
        auto& client = *each;
        script.push_back({[&client] { client.start(); }});
        script.push_back({[&client, channel] { client.subscribe(channel); }});
    }
    return script;
}

Script join(FaultWorld& world)
{
    auto script = meet(world, "/chat");
    auto& late = world.add_client(Way::websocket, Acknowledges::no);
    script.push_back({[&] { late.subscribe("/chat"); }});
    script.push_back({[&] { late.start(); }, 1s});
    script.push_back({[&] { late.publish("/chat"); }});
    script.push_back({[&] { late.disconnect(); }});
    return script;
}

Script chat(FaultWorld& world)
{
    auto script = meet(world, "/chat");
    for (int round = 0; round < 2; ++round)
        for (auto const& each : world.clients())
            script.push_back({[client = each.get()] {
                client->publish("/chat");
                client->publish("/chat", 2);
            }});
    return script;
}

Script subscriptions_change(FaultWorld& world)
{
    auto script = meet(world, "/news/*");
    auto& reader = *world.clients()[0];
    auto& writer = *world.clients()[1];
    script.push_back({[&] { writer.publish("/news/a", 3); }});
    script.push_back({[&] { reader.unsubscribe("/news/*"); }});
    script.push_back({[&] { writer.publish("/news/b"); }});
    script.push_back({[&] {
        reader.subscribe("/news/b");
        writer.publish("/news/b", 2);
    }});
    script.push_back({[&] { writer.publish("/news/b"); }, 31s});
    script.push_back({[&] { writer.publish("/news/b"); }});
    return script;
}

Script transport_changes(FaultWorld& world)
{
    auto script = meet(world, "/chat");
    auto& changing = *world.clients()[0];
    auto& other = *world.clients()[1];
    for (auto const way : {Way::websocket, Way::eventsource, Way::long_polling}) {
        script.push_back({[&] { other.publish("/chat"); }});
        script.push_back({[&, way] { changing.change_way(way); }});
        script.push_back({[&] { changing.publish("/chat"); }, 1s});
        script.push_back({[&] { other.publish("/chat"); }});
    }
    return script;
}

/// `Acknowledges::no`: what ack would do to it is not known of any client.
Script streams(FaultWorld& world)
{
    auto& reader = world.add_client(Way::eventsource, Acknowledges::no);
    auto& other = world.add_client(Way::eventsource, Acknowledges::no);
    Script script;
    for (auto const& each : world.clients()) {
        script.push_back({[client = each.get()] { client->start(); }});
        script.push_back({[client = each.get()] { client->subscribe("/chat"); }});
    }
    script.push_back({[&] { other.publish("/chat", 2); }});
    script.push_back({[&] { reader.publish("/chat"); }, 1s});
    script.push_back({[&] { reader.change_way(Way::websocket); }});
    script.push_back({[&] { other.publish("/chat", 2); }});
    script.push_back({[&] { reader.publish("/chat"); }});
    return script;
}

Script reload(FaultWorld& world)
{
    auto& page = world.add_client(Way::long_polling, Acknowledges::yes);
    auto& other = world.add_client(Way::long_polling, Acknowledges::yes);
    auto& again = world.add_tab(page, Way::long_polling, Acknowledges::yes);
    Script script;
    for (auto* const client : {&page, &other}) {
        script.push_back({[client] { client->start(); }});
        script.push_back({[client] { client->subscribe("/chat"); }});
    }
    script.push_back({[&] { other.publish("/chat"); }});
    script.push_back({[&] {
        page.disconnect();
        again.start();
    }});
    script.push_back({[&] { again.subscribe("/chat"); }});
    script.push_back({[&] { other.publish("/chat"); }, 1s});
    script.push_back({[&] { again.publish("/chat", 2); }});
    return script;
}

Script two_tabs(FaultWorld& world)
{
    auto& first = world.add_client(Way::long_polling, Acknowledges::yes);
    auto& second = world.add_tab(first, Way::long_polling, Acknowledges::no);
    Script script;
    for (auto* const client : {&first, &second}) {
        script.push_back({[client] { client->start(); }, 100ms});
        script.push_back({[client] { client->subscribe("/chat"); }});
    }
    script.push_back({[&] { second.publish("/chat", 2); }, 1s});
    script.push_back({[&] { first.publish("/chat"); }, 1s});
    script.push_back({[&] { second.publish("/chat"); }, 3s});
    return script;
}

Script decisions_take_time(FaultWorld& world)
{
    auto script = meet(world, "/slow/a");
    script.push_back({[] {}, 200ms});
    for (auto const& each : world.clients()) {
        script.push_back({[client = each.get()] { client->publish("/slow/a"); }});
        script.push_back({[client = each.get()] { client->publish("/slow/a"); }, 100ms});
    }
    return script;
}

Script calls(FaultWorld& world)
{
    auto script = meet(world, "/chat");
    for (auto const* const target : {"now", "later", "never"})
        for (auto const& each : world.clients())
            script.push_back({[client = each.get(), target] { client->call(target); }, 30ms});
    return script;
}

Script web_requests(FaultWorld& world)
{
    auto script = meet(world, "/chat");
    for (auto const* const path : {"/web/now", "/web/later", "/web/never", "/web/later"}) {
        script.push_back({[&world, path] { world.ask_web(path); }});
        script.push_back({[&world] { world.clients()[0]->publish("/chat"); }});
    }
    return script;
}

std::array const scenarios{Scenario{"join", join}, Scenario{"chat", chat},
    Scenario{"subscriptions change", subscriptions_change},
    Scenario{"transport changes", transport_changes}, Scenario{"streams", streams},
    Scenario{"reload", reload}, Scenario{"two tabs", two_tabs},
    Scenario{"decisions take time", decisions_take_time}, Scenario{"calls", calls},
    Scenario{"web requests", web_requests}};

struct NamedFault {
    char const* name;
    Fault fault;
    bool has_victim;
    bool ends_sessions;
};

constexpr std::array faults{
    NamedFault{"connection lost", Fault::connection_lost, true, false},
    NamedFault{"answer lost", Fault::answer_lost, true, false},
    NamedFault{"request lost", Fault::request_lost, true, false},
    NamedFault{"half open", Fault::half_open, true, false},
    NamedFault{"connects twice", Fault::connect_twice, true, false},
    NamedFault{"client vanishes", Fault::client_vanishes, true, false},
    NamedFault{"slow reader", Fault::slow_reader, true, false},
    NamedFault{"pause", Fault::pause, false, false},
    NamedFault{"clock jump", Fault::clock_jump, false, true},
    NamedFault{"handler throws", Fault::handler_throws, false, false},
    NamedFault{"restart", Fault::restart, false, true},
};

EngineOptions options()
{
    EngineOptions options;
    options.decision_timeout = 5s;
    options.multi_session_interval = 5s;
    return options;
}

/// The n-th allocation fails.
struct Scarcity {
    ~Scarcity() { allocations_left = -1; }
};

/// Memory ends in step `step`, with its allocation number `allocation`. True when the engine had
/// not so many allocations to make there.
bool run_out_of_memory(Scenario const& scenario, int step, long allocation)
{
    FaultWorld world(options(), FaultWorld::Calls::one_by_one);
    auto script = scenario.begin(world);
    world.before_step = [&](int now) {
        if (now == step)
            allocations_left = allocation;
        else if (now == step + 1)
            allocations_left = -1;
    };
    Scarcity const until_return;
    try {
        world.run(std::move(script), Fault::none, 0, -1);
    } catch (std::bad_alloc const&) {
        return false; // the program says so and ends, which leaves nothing behind
    }
    return true;
}

void run_with(FaultWorld::Calls calls, Scenario const& scenario, NamedFault const& fault,
    int victim, int step)
{
    FaultWorld world(options(), calls);
    world.run(scenario.begin(world), fault.fault, victim, step);
    for (auto const& client : world.clients())
        if (!fault.ends_sessions && client->sessions_lost() > 0)
            throw std::runtime_error("a client has lost its session");
    world.check_aftermath();
}

/// With a fault behind each `stride`-th step.
void run_all(FaultWorld::Calls calls, int stride)
{
    int runs = 0;
    int failures = 0;
    for (auto const& scenario : scenarios) {
        FaultWorld calm(options(), calls);
        auto const steps = calm.run(scenario.begin(calm), Fault::none, 0, -1);
        calm.check_aftermath();
        auto const clients = static_cast<int>(calm.clients().size());
        for (auto const& fault : faults)
            for (int victim = 0; victim < (fault.has_victim ? clients : 1); ++victim)
                for (int step = 0; step < steps && failures < 20; step += stride, ++runs)
                    try {
                        run_with(calls, scenario, fault, victim, step);
                    } catch (std::exception const& failure) {
                        ++failures;
                        BOOST_ERROR(scenario.name << ", " << fault.name << " for client " << victim
                                                  << " after step " << step << ": "
                                                  << failure.what());
                    }
    }
    BOOST_TEST_MESSAGE(runs << " runs");
    BOOST_TEST(runs > 1000);
}

} // namespace

BOOST_AUTO_TEST_SUITE(fault_steps)

BOOST_AUTO_TEST_CASE(promises_hold_whatever_breaks_after_whichever_step)
{
    run_all(FaultWorld::Calls::one_by_one, 1);
}

BOOST_AUTO_TEST_CASE(promises_hold_when_calls_are_collected)
{
    run_all(FaultWorld::Calls::collected, 3);
}

// A program without memory cannot keep promises: it ends, and has to be able to.
BOOST_AUTO_TEST_CASE(the_engine_can_be_ended_wherever_memory_runs_out)
{
    int runs = 0;
    for (auto const& scenario : {scenarios[0], scenarios[8], scenarios[9]}) {
        FaultWorld calm(options(), FaultWorld::Calls::one_by_one);
        auto const steps = calm.run(scenario.begin(calm), Fault::none, 0, -1);
        for (int step = 0; step < steps; ++step)
            for (long allocation = 0; !run_out_of_memory(scenario, step, allocation); ++allocation)
                ++runs;
    }
    BOOST_TEST_MESSAGE(runs << " allocations failed");
    BOOST_TEST(runs > 1000);
}

BOOST_AUTO_TEST_SUITE_END()
