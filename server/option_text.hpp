#pragma once

#include "server/option_table.hpp"

#include <string>
#include <vector>

namespace bayeux::server {

/// The answer to --help: at most 100 columns, the groups in order, with every default.
std::string help_text(
    ProgramInfo const& program, std::vector<OptionSpec> const& table, Options const& defaults);

/// The answer to --print-config: a file that --config reads back to the same `options`.
std::string config_text(std::vector<OptionSpec> const& table, Options const& options);

} // namespace bayeux::server
