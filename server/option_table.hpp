#pragma once

#include "server/options.hpp"

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

/// Headings of --help, in its order.
enum class OptionGroup { network, bayeux, browsers, limits, websocket, operation };
constexpr std::array<std::string_view, 6> option_group_titles{
    "Network", "Bayeux", "Browsers", "Limits", "WebSocket", "Operation"};

/// One row of the table that command line, environment, configuration file, --help and
/// --print-config are made of.
struct OptionSpec {
    OptionGroup group;
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

    bool command_line_only() const { return add == nullptr; }
    bool is_list() const { return clear != nullptr; }
};

std::vector<OptionSpec> make_option_table(std::span<std::string_view const> known_services);

} // namespace bayeux::server
