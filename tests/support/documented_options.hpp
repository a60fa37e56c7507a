#pragma once

#include <map>
#include <set>
#include <string>

namespace bayeux::testing {

/// Default values by option; empty when there is none.
using Defaults = std::map<std::string, std::string>;

/// A file of the folder MAN_DIR.
std::string manual_text(std::string const& name);

/// First and, when there is one, second group of each match.
Defaults matches(std::string const& text, std::string const& pattern);

/// What a --help text of ours, or of Boost.Program_options, says.
Defaults options_of_help(std::string const& help);

/// The items of a list of options in mdoc, each up to the next one. Each ends with its default, or
/// says that there is none, but for those in `without`.
Defaults options_of_manual(std::string const& list, std::set<std::string> const& without);

void check_equal(Defaults const& found, Defaults const& expected);

} // namespace bayeux::testing
