#pragma once

#include "server/log.hpp"
#include "server/refusals.hpp"
#include "server/server.hpp"
#include "tests/support/test_client.hpp"

#include <boost/test/data/monomorphic.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <thread>
#include <utility>

namespace bayeux::testing {

/// A server on a thread and a port of its own.
class RunningServer {
public:
    /// `set_up` installs services, on the server's thread.
    explicit RunningServer(
        server::Options options, std::function<void(Engine&)> set_up = [](Engine&) {})
        : loops_(std::max<std::size_t>(options.io_threads, 1))
    {
        server::init_log(LogLevel::error);
        options.listen = {{"127.0.0.1", 0}};
        std::promise<void> listening;
        auto ready = listening.get_future();
        thread_ = std::thread(
            [this, options = std::move(options), set_up = std::move(set_up), &listening]() mutable {
                server::Server server(std::move(options));
                set_up(server.engine());
                server_ = &server;
                port_ = server.addresses().front().port;
                listening.set_value();
                server.run();
            });
        ready.get();
    }
    ~RunningServer() { stop(); }
    RunningServer(RunningServer const&) = delete;
    RunningServer& operator=(RunningServer const&) = delete;

    TestClient client() const { return TestClient(port_); }
    std::uint16_t port() const { return port_; }
    /// How many requests and messages have been answered so.
    std::uint64_t refused(unsigned code) const { return server_->refusals().count(code); }

    /// How often it has stopped accepting connections.
    std::uint64_t pauses() const { return server_->refusals().pauses(); }
    /// How many connections have been cut off so.
    std::uint64_t cut(server::Cut why) const { return server_->refusals().count(why); }

    /// Returns when the engine has all that other connections had sent before.
    void settle() const
    {
        // New connections go to the loops in turn.
        for (std::size_t loop = 0; loop < loops_; ++loop) {
            auto passer_by = client();
            TestSession const session(passer_by);
        }
    }

    /// Has it shut down, and does not wait.
    void begin_stop()
    {
        if (!std::exchange(stopping_, true))
            server_->stop();
    }
    /// Returns when it has ended.
    void stop()
    {
        if (!thread_.joinable())
            return;
        begin_stop();
        thread_.join();
    }

private:
    std::size_t loops_;
    std::thread thread_;
    server::Server* server_ = nullptr;
    std::uint16_t port_ = 0;
    bool stopping_ = false;
};

/// One thread does all, or two share it: for BOOST_DATA_TEST_CASE.
inline auto const io_thread_counts = boost::unit_test::data::make<std::size_t>({0, 2});

/// Options of a server whose timeouts do not matter, with as many I/O threads; what is a limit here
/// ends the test as failed.
inline server::Options with_io_threads(std::size_t io_threads)
{
    server::Options options;
    options.io_threads = io_threads;
    options.engine.max_sessions_per_browser = -1;
    options.engine.timeout = 2 * patience;
    options.request_timeout = 2 * patience;
    options.keep_alive_timeout = 2 * patience;
    return options;
}

} // namespace bayeux::testing
