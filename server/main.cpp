#include "server/log.hpp"
#include "server/options.hpp"
#include "server/server.hpp"
#include "services/services.hpp"

#include <cstdio>
#include <exception>
#include <unistd.h>

namespace {

using namespace bayeux;

/// The composition root: options, server with its engine, services, run.
int run(int argc, char** argv)
{
    auto parsed =
        server::parse_options(argc, argv, server::read_environment(environ), services::known());
    if (auto const* const exit = std::get_if<server::Exit>(&parsed)) {
        std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
        return exit->status;
    }
    auto const& options = std::get<server::Options>(parsed);
    server::init_log(options.log_level);
    server::Server bayeuxd(options);
    for (auto const& name : options.services)
        services::install(name, bayeuxd.engine());
    bayeuxd.run();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        return run(argc, argv);
    } catch (std::exception const& failure) {
        std::fputs("bayeuxd: ", stderr);
        std::fputs(failure.what(), stderr);
        std::fputs("\n", stderr);
        return 1;
    }
}
