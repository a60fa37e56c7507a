#include "server/cli/program.hpp"

#include "server/cli/bench/bench.hpp"
#include "server/printable.hpp"

#include <cstdio>
#include <exception>

namespace bayeux::cli {
namespace {

constexpr char const* usage = R"(Usage: bayeux COMMAND [ARGUMENT]...
       bayeux --help | --version

Commands:
  bench       put load on a Bayeux server and measure

bayeux COMMAND --help explains a command, and bayeux(1) all of them.
)";

int run(std::vector<std::string> const& arguments)
{
    auto const command = arguments.empty() ? std::string() : arguments.front();
    if (command == "--help") {
        std::fputs(usage, stdout);
        return 0;
    }
    if (command == "--version") {
        std::puts("bayeux " BAYEUX_VERSION);
        return 0;
    }
    if (command == "bench") {
        return run_bench({arguments.begin() + 1, arguments.end()});
    }
    throw BadUsage(command.empty() ? "which command? See bayeux --help"
                                   : "unknown command " + server::printable(command));
}

int complain(char const* why, int status)
{
    std::fprintf(stderr, "bayeux: %s\n", why);
    return status;
}

} // namespace

int run_program(std::vector<std::string> const& arguments)
{
    try {
        return run(arguments);
    } catch (BadUsage const& bad) {
        return complain(bad.what(), 2);
    } catch (std::exception const& failure) {
        return complain(failure.what(), 1);
    }
}

} // namespace bayeux::cli
