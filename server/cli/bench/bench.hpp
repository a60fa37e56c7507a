#pragma once

#include "server/cli/bench/histogram.hpp"
#include "server/cli/bench/loop.hpp"
#include "server/cli/bench/network.hpp"
#include "server/cli/bench/options.hpp"
#include "server/cli/bench/report.hpp"
#include "server/cli/bench/server_probe.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bayeux::cli {

/// What every scenario has.
struct Bench {
    explicit Bench(BenchOptions const& from);

    BenchOptions const& options;
    Loop loop;
    Network network;
    Network publishing; ///< of nchan
    ServerProbe server;
};

/// What a stretch of time has cost, both sides.
class Meter {
public:
    /// Begins now.
    explicit Meter(Bench const& bench);
    /// Ends now.
    void stop();

    Time begin() const { return begin_; }
    double seconds() const { return seconds_; }
    double generator_share() const { return own_cpu_ / seconds_; }

    /// How long it was and what it took.
    void report(Report& report) const;
    /// The same with rate and cost of what was done `count` times, under names that begin with
    /// `what`.
    void report(Report& report, std::string const& what, std::uint64_t count) const;

private:
    Bench const& bench_;
    Time begin_;
    Time own_begin_;
    Time server_begin_;
    double seconds_ = 0;
    double own_cpu_ = 0;    // seconds
    double server_cpu_ = 0; // seconds
};

/// Percentiles under names that begin with `what`.
void report_latency(Report& report, std::string const& what, Histogram const& histogram);
void report_memory(Report& report, ServerProbe const& server);

/// From here on the generator itself sets the pace.
constexpr double busy_generator = 0.9;

/// "generator" when it was, else "server": where each waits for its answer, one of both is.
/// Lets clients that begin anew as soon as they are done go on for the warm-up and then the
/// duration, and reports it: `latency` is what they record, `what` they do.
void measure_closed_loop(Bench& bench, Histogram& latency, std::string const& what, Report& report);

/// Runs the scenario.
/// @return whether what it is to prove has held
/// @throws Failure
bool measure(BenchOptions const& options, Report& report);

/// `bayeux bench`: runs what the arguments say and prints what comes of it.
/// @return the status of the program
/// @throws BadUsage, Failure
int run_bench(std::vector<std::string> const& arguments);

} // namespace bayeux::cli
