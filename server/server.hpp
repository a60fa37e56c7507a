#pragma once

#include "bayeux/engine.hpp"
#include "server/options.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace bayeux::server {

class Refusals;

/// bayeuxd in a process: listeners, I/O loops and the engine. Made, set up and run on one thread,
/// which starts the others.
class Server {
public:
    /// Binds its addresses: throws std::system_error when one cannot be had, with the address in
    /// what().
    explicit Server(Options options);
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// For installing services; before run().
    Engine& engine();
    /// Where it listens, with the ports that the system chose.
    std::vector<ListenAddress> addresses() const;
    /// Any thread.
    Refusals const& refusals() const;

    /// Serves until stop() or SIGTERM or SIGINT, then takes nothing new, answers held polls, lets
    /// clients fetch what waits for them and the rest end within Options::shutdown_timeout, and
    /// returns. A second signal ends the process at once. SIGHUP changes nothing, unless the log
    /// goes to a terminal, which has been closed then: it ends as after SIGTERM.
    void run();
    /// After run(): waits for what services do in the background, at most as long as for the rest.
    /// False: some of it has not ended, and the destructor would wait for it.
    bool wait_for_background();
    /// Any thread.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace bayeux::server
