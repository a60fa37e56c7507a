#pragma once

#include "bayeux/engine.hpp"
#include "server/alarm.hpp"
#include "server/engine_items.hpp"
#include "server/log_quota.hpp"
#include "server/memory_budget.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <mutex>
#include <vector>

namespace bayeux::server {

/// Runs the engine on its thread: gives it what the I/O loops bring and the time, and hands its
/// replies to the loops they belong to.
class EngineHost {
public:
    /// Takes what is for one loop, and leaves it empty or, on the engine's thread, the replies for
    /// their memory. Called on the engine's thread.
    using ToLoop = std::function<void(LoopItems&)>;

    /// Tells `memory` what the engine's queues use.
    EngineHost(boost::asio::io_context& context, Engine& engine, MemoryBudget& memory);

    /// Before traffic comes; the loops' indices are the order of these calls.
    void add_loop(ToLoop to_loop);

    /// Tells the engine the time, from which its services' timers count.
    void start();
    /// Engine's thread.
    void handle(EngineItems& items);
    /// The same from any other thread; what several threads bring meanwhile is handled at once.
    void post(EngineItems& items);
    /// Of what was only kept to be used again.
    void free_memory() { out_.drop_spare(); }
    /// Ends the sessions when their clients have what waits for them; they are told to come back
    /// after `interval`. `ended` is called once when none is left, before the last answers are
    /// handed on.
    void shutdown(Duration interval, std::function<void()> ended);
    /// What is left of them.
    void shutdown_now(Duration interval);

private:
    struct Loop {
        ToLoop to_loop;
        LoopItems items;
    };

    void dispatch();
    void log_event(LogEvent const& event);

    boost::asio::io_context& context_;
    Engine& engine_;
    MemoryBudget& memory_;
    Alarm alarm_;
    Outbox out_;
    LogQuota trouble_quota_;      ///< of warnings and errors
    std::function<void()> ended_; ///< of shutdown()
    std::vector<Loop> loops_;

    std::mutex mutex_;
    EngineItems mailbox_; ///< guarded by mutex_
    EngineItems taken_;
};

} // namespace bayeux::server
