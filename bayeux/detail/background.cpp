// Timers of services, and their work on other threads. Both come back as actions, so that their
// handlers run like all others.

#include "bayeux/detail/core.hpp"

#include <algorithm>
#include <stdexcept>

namespace bayeux::detail {

/// The time is not known before the first turn: until then timers wait to be armed.
void Core::arm_timer(TimerState& timer, Duration delay)
{
    if (ending_)
        return;
    if (started_)
        wheel_.arm(timer, now_ + std::clamp(delay, Duration(0), longest));
    else
        timers_to_start_.emplace_back(timer.weak_from_this(), delay);
}

void Core::start_timers()
{
    started_ = true;
    for (auto const& [weak, delay] : std::exchange(timers_to_start_, {}))
        if (auto const timer = weak.lock(); timer != nullptr && timer->running)
            arm_timer(*timer, delay);
}

void Core::timer_due(TimerState& timer)
{
    later([weak = timer.weak_from_this()] {
        auto const due = weak.lock();
        if (due == nullptr || !due->running)
            return;
        due->running = due->period.has_value();
        due->core.guarded(due->owner, "its time", [&] {
            due->work();
            return true;
        });
    });
    if (!timer.period)
        return;
    // After a pause its rhythm goes on, without what was missed.
    auto const due = Instant(Duration(static_cast<Duration::rep>(timer.tick)));
    auto const missed = (now_ - due) / *timer.period;
    wheel_.arm(timer, due + (missed + 1) * *timer.period);
}

void Core::post(std::function<void()> task)
{
    if (workers_ == nullptr)
        throw std::logic_error("this engine has been given no threads (Engine::set_workers)");
    workers_->post(std::move(task));
}

void Core::start_job(Job job, std::function<void()> work)
{
    if (workers_ == nullptr)
        throw std::logic_error("this engine has been given no threads (Engine::set_workers)");
    if (ending_)
        return; // nobody would get its result
    auto const number = ++last_job_;
    auto run = [this, workers = workers_, number, work = std::move(work)]() mutable {
        std::exception_ptr failure;
        try {
            work();
        } catch (...) {
            failure = std::current_exception();
        }
        // With the work, so that what it holds is destroyed on the engine's thread.
        workers->post(
            [this, number, failure, work = std::move(work)] { finish_job(number, failure); });
    };
    bool const accepted = workers_->run(std::move(run));
    if (!accepted) {
        ++statistics_.jobs_refused;
        throw std::length_error("too much work waits in the background");
    }
    jobs_.emplace(number, std::move(job));
}

void Core::finish_job(std::uint64_t number, std::exception_ptr const& failure)
{
    auto found = jobs_.extract(number);
    if (found.empty())
        return; // its session has ended
    ++statistics_.jobs_done;
    auto const& job = found.mapped();
    if (!job.session.empty() && find_session(job.session) == nullptr)
        return; // its handshake was refused
    guarded(job.owner, "another thread", [&] {
        if (failure == nullptr)
            job.then();
        else if (job.failed)
            job.failed(failure);
        else
            std::rethrow_exception(failure);
        return true;
    });
}

void Core::cancel_jobs_of(SessionState const& session)
{
    for (auto job = jobs_.begin(); job != jobs_.end();)
        job = job->second.session == session.id ? jobs_.erase(job) : std::next(job);
}

} // namespace bayeux::detail
