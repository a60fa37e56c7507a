#pragma once

#include "server/options.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

/// One row of the table that command line, environment, configuration file, --help and
/// --print-config are made of.
struct OptionSpec {
    std::string group; ///< heading of --help; those of one group stand together
    std::string name;
    std::string value_name; ///< for --help; empty for a flag such as --version
    std::string help;
    /// Sets the member, or appends to it when the option is a list. Throws InvalidValue.
    /// Null for what only the command line has (--config, --help, ...).
    std::function<void(Options&, std::string_view text)> add = nullptr;
    /// What `add` would have to be given; one value when the option is no list. Null with `add`.
    std::function<std::vector<std::string>(Options const&)> values = nullptr;
    /// Empties a list. Null when the option is none. A list may be repeated, and each value may
    /// hold several elements, separated by commas.
    std::function<void(Options&)> clear = nullptr;
    bool may_be_empty = true; ///< for lists
    /// The service whose option it is, with a section of its own in configuration files; else
    /// empty.
    std::string service = {};

    bool command_line_only() const { return add == nullptr; }
    bool is_list() const { return clear != nullptr; }
};

constexpr std::string_view environment_prefix = "BAYEUXD_";
/// The environment variable for an option: BAYEUXD_MAX_QUEUE, BAYEUXD_WS_PROTOCOL.
std::string variable_of(std::string_view option);

/// Throws std::invalid_argument when services or their options cannot be told apart.
std::vector<OptionSpec> make_option_table(ProgramInfo const& program);

} // namespace bayeux::server
