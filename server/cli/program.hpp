#pragma once

#include <string>
#include <vector>

namespace bayeux::cli {

/// The program bayeux, which prints to standard output and complains in one line on standard error.
/// @param arguments without the program's name
/// @return its exit status: 0, 1 for what went wrong, or 2 for a wrong command line
int run_program(std::vector<std::string> const& arguments);

} // namespace bayeux::cli
