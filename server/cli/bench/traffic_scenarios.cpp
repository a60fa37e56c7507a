#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/scenarios.hpp"
#include "server/cli/bench/traffic.hpp"

#include <cstdio>
#include <numeric>

namespace bayeux::cli {
namespace {

/// Subscribers of one room, and a publisher that is not among them.
void fan_out(Traffic& traffic, std::uint32_t clients)
{
    for (std::uint32_t i = 0; i < clients; ++i) {
        traffic.add({0}, false);
    }
    traffic.add({}, true);
    traffic.come_in();
}

/// `count` different ones of `rooms`.
std::vector<std::uint32_t> some_rooms(
    std::uint32_t count, std::uint32_t rooms, std::minstd_rand& chance)
{
    std::vector<std::uint32_t> all(rooms);
    std::iota(all.begin(), all.end(), 0U);
    for (std::uint32_t i = 0; i < count; ++i) {
        std::swap(all[i], all[i + chance() % (rooms - i)]);
    }
    all.resize(count);
    all.shrink_to_fit();
    return all;
}

void report_load(Report& report, BenchOptions const& options)
{
    report.add("clients", std::int64_t{options.clients});
    report.add("size", std::int64_t{options.size});
}

/// One step of saturate.
Report step_report(Traffic const& traffic)
{
    Report all;
    traffic.report(all);
    Report step;
    for (auto const* const name : {"rate", "deliveries_per_s", "deliveries_per_server_cpu_s",
             "deliveries_per_generator_cpu_s", "server_cpu_share", "generator_cpu_share",
             "latency_p50_us", "latency_p99_us", "bottleneck"}) {
        if (auto const* const value = all.find(name)) {
            step.add(name, *value);
        }
    }
    return step;
}

} // namespace

bool run_fanout(Bench& bench, Report& report)
{
    auto const& options = bench.options;
    Traffic traffic(bench);
    fan_out(traffic, options.clients);
    bool const held = traffic.run({options.rate, 1, options.warm_up, options.duration});
    report_load(report, options);
    traffic.report(report);
    report_memory(report, bench.server);
    return held;
}

bool run_rooms(Bench& bench, Report& report)
{
    auto const& options = bench.options;
    Traffic traffic(bench);
    std::minstd_rand chance;
    for (std::uint32_t i = 0; i < options.clients; ++i) {
        traffic.add(some_rooms(options.rooms_per_client, options.rooms, chance), true);
    }
    traffic.come_in();
    bool const held = traffic.run({options.rate, options.batch, options.warm_up, options.duration});
    report_load(report, options);
    report.add("rooms", std::int64_t{options.rooms});
    report.add("rooms_per_client", std::int64_t{options.rooms_per_client});
    report.add("batch", std::int64_t{options.batch});
    traffic.report(report);
    report_memory(report, bench.server);
    return held;
}

bool run_saturate(Bench& bench, Report& report)
{
    auto const& options = bench.options;
    Traffic traffic(bench);
    fan_out(traffic, options.clients);
    std::vector<Report> steps;
    Report best;
    std::string ended_by;
    bool held = true;
    bool again = false; // once more at a rate that was too much: machines are noisy
    for (auto rate = options.rate; ended_by.empty(); rate *= again ? 1 : options.growth) {
        try {
            held = traffic.run({rate, 1, options.warm_up, options.duration});
        } catch (Failure const& failure) {
            if (steps.empty()) {
                throw;
            }
            ended_by = failure.what(); // as when a server drops who reads too slowly
            break;
        }
        steps.push_back(step_report(traffic));
        if (!options.json) {
            std::fputs(steps.back().line().c_str(), stderr);
        }
        auto const obstacle = !held                                   ? "messages lost or doubled"
                              : traffic.generator_was_busy()          ? "generator"
                              : traffic.latency(0.99) > options.limit ? "latency"
                                                                      : "";
        again = *obstacle != 0 && held && !again;
        if (*obstacle == 0) {
            best = steps.back();
        } else if (!again) {
            ended_by = obstacle;
        }
    }
    report_load(report, options);
    report.add("ended_by", ended_by);
    report.add(best);
    report.add("steps", std::move(steps));
    report_memory(report, bench.server);
    return held;
}

} // namespace bayeux::cli
