#pragma once

#include "server/cli/bench/options.hpp"
#include "server/cli/bench/report.hpp"

#include <span>
#include <string_view>

namespace bayeux::cli {

struct Bench;

struct ScenarioType {
    std::string_view name;
    std::string_view help;
    /// Connections that it has open at a time.
    std::size_t (*connections)(BenchOptions const& options);
    /// @return whether what it is to prove has held
    bool (*run)(Bench& bench, Report& report);
};

std::span<ScenarioType const> scenarios();

/// Null when there is none of this name.
ScenarioType const* find_scenario(std::string_view name);

bool run_handshake(Bench& bench, Report& report);
bool run_idle(Bench& bench, Report& report);
bool run_fanout(Bench& bench, Report& report);
bool run_rooms(Bench& bench, Report& report);
bool run_saturate(Bench& bench, Report& report);
bool run_echo(Bench& bench, Report& report);
bool run_static(Bench& bench, Report& report);

} // namespace bayeux::cli
