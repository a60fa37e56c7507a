#include "server/log.hpp"
#include "server/options.hpp"
#include "server/server.hpp"
#include "services/services.hpp"

#include <cstdio>
#include <exception>
#include <unistd.h>

/// The composition root: options, server with its engine, services, run.
int main(int argc, char** argv)
{
    using namespace bayeux;

    auto parsed =
        server::parse_options(argc, argv, server::read_environment(environ), services::known());
    if (auto const* const exit = std::get_if<server::Exit>(&parsed)) {
        std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
        return exit->status;
    }
    auto const& options = std::get<server::Options>(parsed);
    server::init_log(options.log_level);
    try {
        server::Server bayeuxd(options);
        for (auto const& name : options.services)
            services::install(name, bayeuxd.engine());
        bayeuxd.run();
        return 0;
    } catch (std::exception const& failure) {
        server::log(LogLevel::error, failure.what());
        return 1;
    }
}
