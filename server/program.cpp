#include "server/program.hpp"

#include "server/log.hpp"
#include "server/options.hpp"
#include "server/printable.hpp"
#include "server/server.hpp"
#include "services/services.hpp"

#include <algorithm>
#include <cerrno> // program_invocation_short_name
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <unistd.h>
#include <utility>
#include <variant>

namespace bayeux::server {
namespace {

constexpr char const* own_name = "bayeuxd " BAYEUXD_VERSION;

/// Anything else would end in the middle of something, or be taken for the fault of a service.
[[noreturn]] void end_without_memory()
{
    for (char const* const text : {static_cast<char const*>(program_invocation_short_name),
             ": no memory is left; --max-total-queue-bytes limits what messages take\n"})
        if (::write(STDERR_FILENO, text, std::strlen(text)) < 0)
            break;
    std::_Exit(1);
}

void install(ServiceType const& type, std::any const& options, Engine& engine)
{
    try {
        engine.install(type.make(engine.context(), options));
    } catch (std::exception const& failure) {
        throw std::runtime_error("service " + type.name() + ": " + failure.what());
    }
}

} // namespace

Program::Program() : info_{"bayeuxd", own_name, services::types(), {}} {}

Program::Program(std::string name, std::string const& version)
    : info_{std::move(name), {}, services::types(), {}}
{
    info_.version = info_.name + (version.empty() ? "" : " ") + version + " (" + own_name + ')';
}

void Program::add(ServiceType type)
{
    info_.enabled.push_back(type.name());
    info_.services.push_back(std::move(type));
}

int Program::run(int argc, char const* const* argv)
{
    std::set_new_handler(end_without_memory);
    try {
        return serve(argc, argv);
    } catch (std::exception const& failure) {
        std::fputs((info_.name + ": " + printable(failure.what()) + '\n').c_str(), stderr);
        return 1;
    }
}

int Program::serve(int argc, char const* const* argv) const
{
    auto parsed = parse_options(argc, argv, read_environment(environ), info_);
    if (auto const* const exit = std::get_if<Exit>(&parsed)) {
        std::fputs(exit->text.c_str(), exit->status == 0 ? stdout : stderr);
        return exit->status;
    }
    auto const& options = std::get<Options>(parsed);
    init_log(options.log_level);
    Server server(options);
    for (auto const& name : options.services) {
        auto const type = std::ranges::find(info_.services, name, &ServiceType::name);
        install(*type, options.service_options.at(name), server.engine());
    }
    server.run();
    if (!server.wait_for_background()) {
        log(LogLevel::warning, "what a service does in the background did not end in time");
        std::_Exit(0); // without waiting for it
    }
    return 0;
}

} // namespace bayeux::server
