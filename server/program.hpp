#pragma once

#include "bayeux/service_type.hpp"
#include "server/program_info.hpp"

#include <concepts>
#include <string>
#include <utility>

namespace bayeux::server {

/// A program that is bayeuxd and services of its own, with all of bayeuxd's options and theirs:
///
///     int main(int argc, char** argv)
///     {
///         bayeux::server::Program program("chatd", "1.2");
///         program.add<AuditedChat>("audited-chat", "private chat with an audit log");
///         return program.run(argc, argv);
///     }
///
/// The services that come with bayeuxd (services/services.hpp) are known too, and run when
/// --services names them. Used on the main thread, before others are started.
class Program {
public:
    /// bayeuxd itself.
    Program();
    /// `name` begins messages and help, --version tells both.
    explicit Program(std::string name, std::string const& version = {});

    /// A service that runs unless --services leaves it out, as ServiceType::of() says. Throws
    /// std::invalid_argument for a bad name.
    template <std::derived_from<BayeuxService> Service>
    void add(std::string name, std::string description)
    {
        add(ServiceType::of<Service>(std::move(name), std::move(description)));
    }
    void add(ServiceType type);

    /// Reads the options, makes the server and the services in the order of --services, and serves
    /// until SIGTERM or SIGINT. Returns the exit status: 0; 1 when it could not start or go on, for
    /// example since a service's constructor threw; 2 for a wrong option. Then a line on standard
    /// error says why.
    int run(int argc, char const* const* argv);

private:
    int serve(int argc, char const* const* argv) const;

    ProgramInfo info_;
};

} // namespace bayeux::server
