#pragma once

#include "bayeux/time.hpp"
#include "bayeux/workers.hpp"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>

namespace bayeux::server {

/// The threads on which services do what takes long. They are started with the first work, so that
/// a server without such services has none.
class WorkerPool : public Workers {
public:
    using ToEngine = std::function<void(std::function<void()>)>;

    /// `to_engine` takes tasks for the engine's thread, from any thread. At most `max_waiting` jobs
    /// wait for a thread.
    WorkerPool(std::size_t threads, std::size_t max_waiting, ToEngine to_engine);
    ~WorkerPool() override { stop(); }
    WorkerPool(WorkerPool const&) = delete;
    WorkerPool& operator=(WorkerPool const&) = delete;

    bool run(std::function<void()> job) override;
    void post(std::function<void()> task) override;
    /// Waits for the work that has begun and drops the rest, and all that comes later. From then
    /// on nothing is given to the engine any more, though services may still be there and try.
    /// When no thread runs the engine any more.
    void stop();
    /// Waits until no work is under way, for `patience` at most. False: there still is some.
    bool wait(Duration patience);

private:
    std::size_t threads_;
    std::size_t max_waiting_;
    std::mutex mutex_;
    ToEngine to_engine_; ///< guarded by mutex_, empty after stop()
    std::atomic<std::size_t> waiting_ = 0;
    std::size_t busy_ = 0;         ///< guarded by mutex_: jobs under way
    std::condition_variable idle_; ///< busy_ has become 0
    std::optional<boost::asio::thread_pool> pool_;
};

} // namespace bayeux::server
