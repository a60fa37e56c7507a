#pragma once

#include "bayeux/engine.hpp"
#include "server/alarm.hpp"
#include "server/engine_items.hpp"
#include "server/log_quota.hpp"
#include "server/memory_budget.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace bayeux::server {

/// Runs the engine for the I/O loops: on the thread of whichever loop has something for it, so that
/// no other has to be woken to answer what concerns one connection; the others wait for their turn.
/// What the engine has for a loop goes through its inbox, in the order in which the engine said it.
class EngineHost {
public:
    /// Carries out what is for one loop, and leaves the replies for their memory. On its thread.
    using Deliver = std::function<void(LoopItems&)>;

    /// The engine's timer runs in `context`, the one of the first loop. Tells `memory` what the
    /// engine's queues use.
    EngineHost(boost::asio::io_context& context, Engine& engine, MemoryBudget& memory);

    /// Before traffic comes; the loops' indices are the order of these calls.
    void add_loop(boost::asio::io_context& context, Deliver deliver);

    // On the thread of loop `index`

    /// Returns when the engine has done it, and the loop what it answers.
    void handle(std::size_t index, EngineItems& items);
    /// Has `resume` called on the same thread when the other loops, too, have carried out what the
    /// engine has answered so far.
    void when_delivered(std::size_t index, std::function<void()> const& resume);

    // On the thread of the first loop

    /// Tells the engine the time, from which its services' timers count.
    void start();
    /// Ends the sessions when their clients have what waits for them; they are told to come back
    /// after `interval`, and that their connections close. `ended` is called once when no session
    /// is left.
    void shutdown(Duration interval, std::function<void()> ended);
    /// What is left of them.
    void shutdown_now(Duration interval);

    // On any thread, but from inside the engine only post()

    /// Has `task` run by the engine, soon, and destroyed before anything else is done there; at the
    /// end, with the host.
    void post(std::function<void()> task);
    EngineStatistics statistics();
    /// Of what was only kept to be used again.
    void free_memory();

private:
    struct Loop {
        Loop(boost::asio::io_context& its_context, Deliver its_deliver);

        boost::asio::io_context& context;
        Deliver deliver;
        LoopItems taken;  ///< from the inbox; on the loop's thread
        LoopItems sorted; ///< for the inbox; guarded by engine_mutex_

        std::mutex mutex; ///< guards the rest
        LoopItems inbox;
        std::vector<Reply> used; ///< for their memory
        bool called = false;     ///< to look into its inbox
    };

    template <class Work>
    void with_engine(Loop& own, Work work);
    void run_tasks();
    void dispatch(Loop const& own);
    void put_into_inbox(Loop& loop, bool call);
    void empty_inbox(Loop& loop);
    void set_alarm();
    void log_event(LogEvent const& event);

    using Tasks = std::vector<std::function<void()>>;

    boost::asio::io_context& context_;
    MemoryBudget& memory_;
    Alarm alarm_; ///< on the thread of `context_`
    std::deque<Loop> loops_;

    std::mutex tasks_mutex_;
    Tasks tasks_; ///< guarded by tasks_mutex_

    std::mutex engine_mutex_; ///< guards the rest
    Engine& engine_;
    Outbox out_;
    LogQuota trouble_quota_;           ///< of warnings and errors
    std::function<void()> ended_;      ///< of shutdown()
    std::optional<Instant> alarm_for_; ///< what alarm_ is set for, or about to be
};

} // namespace bayeux::server
