#include "server/cli/bench/bench.hpp"
#include "server/printable.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr char const* usage =
    "Usage: bayeux COMMAND [ARGUMENT]...\n"
    "       bayeux --help | --version\n"
    "\n"
    "Commands:\n"
    "  bench       put load on a Bayeux server and measure\n"
    "\n"
    "bayeux COMMAND --help explains a command, and bayeux(1) all of them.\n";

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
        return bayeux::cli::run_bench({arguments.begin() + 1, arguments.end()});
    }
    throw bayeux::cli::BadUsage(command.empty()
                                    ? "what to do? See bayeux --help"
                                    : "unknown command " + bayeux::server::printable(command));
}

int complain(char const* why, int status)
{
    std::fprintf(stderr, "bayeux: %s\n", why);
    return status;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return run({argv + 1, argv + argc});
    } catch (bayeux::cli::BadUsage const& bad) {
        return complain(bad.what(), 2);
    } catch (std::exception const& failure) {
        return complain(failure.what(), 1);
    }
}
