#include "server/worker_pool.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace bayeux::server {

WorkerPool::WorkerPool(std::size_t threads, std::size_t max_waiting, ToEngine to_engine)
    : threads_(threads), max_waiting_(max_waiting), to_engine_(std::move(to_engine))
{}

void WorkerPool::stop()
{
    if (pool_) {
        pool_->stop();
        pool_->join();
        pool_.reset(); // with what has not begun: it may hold something of the engine's
    }
    std::lock_guard const lock(mutex_);
    to_engine_ = nullptr;
}

bool WorkerPool::wait(Duration patience)
{
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, patience, [this] { return busy_ == 0; });
}

void WorkerPool::post(std::function<void()> task)
{
    std::lock_guard const lock(mutex_);
    if (to_engine_)
        to_engine_(std::move(task));
}

bool WorkerPool::run(std::function<void()> job)
{
    if (!to_engine_)
        return true; // stopped: nobody would get its result
    if (waiting_ >= max_waiting_)
        return false;
    if (!pool_)
        pool_.emplace(threads_); // throws when there can be none
    ++waiting_;
    boost::asio::post(*pool_, [this, job = std::move(job)] {
        --waiting_;
        {
            std::lock_guard const lock(mutex_);
            ++busy_;
        }
        job();
        std::lock_guard const lock(mutex_);
        if (--busy_ == 0)
            idle_.notify_all();
    });
    return true;
}

} // namespace bayeux::server
