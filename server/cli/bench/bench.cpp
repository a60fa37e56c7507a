#include "server/cli/bench/bench.hpp"

#include "server/cli/bench/scenarios.hpp"

#include <array>
#include <cstdio>

namespace bayeux::cli {
namespace {

Time own_cpu()
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

double in_seconds(Time time)
{
    return static_cast<double>(time) / static_cast<double>(second);
}

std::size_t concurrent(BenchOptions const& options)
{
    return options.concurrency;
}

std::size_t one_each(BenchOptions const& options)
{
    return options.clients + options.background;
}

std::size_t one_each_and_publisher(BenchOptions const& options)
{
    return options.clients + 2;
}

/// Who publishes while a poll is held needs a second connection.
std::size_t two_each(BenchOptions const& options)
{
    return options.transport == TransportType::websocket ? options.clients : 2 * options.clients;
}

} // namespace

std::span<ScenarioType const> scenarios()
{
    static constexpr std::array types{
        ScenarioType{"handshake", "new sessions: a connection, a handshake and a first connect",
            concurrent, run_handshake},
        ScenarioType{"idle", "memory for clients that are subscribed and wait", one_each, run_idle},
        ScenarioType{"fanout", "one publishes to all others", one_each_and_publisher, run_fanout},
        ScenarioType{"rooms", "members of many rooms take turns publishing, in batches", two_each,
            run_rooms},
        ScenarioType{"saturate", "fanout at rates that rise until latency is too high",
            one_each_and_publisher, run_saturate},
        ScenarioType{"echo", "a service sends back what it is sent", one_each, run_echo},
        ScenarioType{"static", "GET requests for the URL", concurrent, run_static},
    };
    return types;
}

ScenarioType const* find_scenario(std::string_view name)
{
    for (auto const& scenario : scenarios()) {
        if (scenario.name == name) {
            return &scenario;
        }
    }
    return nullptr;
}

Bench::Bench(BenchOptions const& from)
    : options(from),
      network(loop, from.url, from.sources),
      publishing(loop, from.publish_url, from.sources),
      server(from.server_pids)
{}

Meter::Meter(Bench const& bench)
    : bench_(bench), begin_(now()), own_begin_(own_cpu()), server_begin_(bench.server.cpu())
{}

void Meter::stop()
{
    server_cpu_ = in_seconds(bench_.server.cpu() - server_begin_);
    own_cpu_ = in_seconds(own_cpu() - own_begin_);
    seconds_ = in_seconds(now() - begin_);
}

void Meter::report(Report& report) const
{
    report.add("duration_s", seconds_);
    if (!bench_.server.empty()) {
        report.add("server_cpu_s", server_cpu_);
        report.add("server_cpu_share", server_cpu_ / seconds_);
    }
    report.add("generator_cpu_share", generator_share());
}

void Meter::report(Report& report, std::string const& what, std::uint64_t count) const
{
    auto const done = static_cast<double>(count);
    auto const per_second_of = [&](char const* whose, double seconds) {
        report.add(what + "_per_" + whose + "s", seconds > 0 ? done / seconds : 0.0);
    };
    per_second_of("", seconds_);
    if (!bench_.server.empty()) {
        per_second_of("server_cpu_", server_cpu_);
    }
    per_second_of("generator_cpu_", own_cpu_);
    this->report(report);
}

void measure_closed_loop(Bench& bench, Histogram& latency, std::string const& what, Report& report)
{
    bench.loop.run_until(now() + bench.options.warm_up);
    latency.clear();
    Meter meter(bench);
    bench.loop.run_until(now() + bench.options.duration);
    meter.stop();

    report.add(what, static_cast<std::int64_t>(latency.count()));
    report_latency(report, "latency", latency);
    meter.report(report, what, latency.count());
    bool const busy = meter.generator_share() > busy_generator;
    report.add("bottleneck", busy ? "generator" : "server");
}

void report_latency(Report& report, std::string const& what, Histogram const& histogram)
{
    auto const add = [&](char const* name, Time time) {
        report.add(what + '_' + name + "_us",
            static_cast<double>(time) / static_cast<double>(microsecond));
    };
    add("p50", histogram.percentile(0.5));
    add("p90", histogram.percentile(0.9));
    add("p99", histogram.percentile(0.99));
    add("p999", histogram.percentile(0.999));
    add("max", histogram.max());
}

void report_memory(Report& report, ServerProbe const& server)
{
    if (server.empty()) {
        return;
    }
    report.add("server_rss_kb", server.rss_kb());
    if (auto const pss = server.pss_kb()) {
        report.add("server_pss_kb", *pss);
    }
}

bool measure(BenchOptions const& options, Report& report)
{
    auto const& scenario = *find_scenario(options.scenario);
    need_descriptors(scenario.connections(options));
    Bench bench(options);
    report.add("scenario", options.scenario);
    report.add(
        "transport", options.transport == TransportType::websocket ? "websocket" : "long-polling");
    return scenario.run(bench, report);
}

int run_bench(std::vector<std::string> const& arguments)
{
    auto const options = parse_bench_options(arguments);
    if (options.help) {
        std::fputs(bench_help().c_str(), stdout);
        return 0;
    }
    Report report;
    bool const held = measure(options, report);
    std::fputs((options.json ? report.json() + '\n' : report.table()).c_str(), stdout);
    auto const* const bottleneck = report.find("bottleneck");
    if (bottleneck != nullptr && std::get<std::string>(*bottleneck) == "generator") {
        std::fputs(
            "bayeux: the generator could not keep up, so this says little about the server\n",
            stderr);
    }
    return held ? 0 : 1;
}

} // namespace bayeux::cli
