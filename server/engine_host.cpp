#include "server/engine_host.hpp"

#include "server/kept_memory.hpp"
#include "server/log.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <iterator>
#include <memory>
#include <utility>

namespace bayeux::server {
namespace {

/// Leaves `from` empty, with memory for the next ones.
template <class T>
void move_behind(std::vector<T>& all, std::vector<T>& from)
{
    if (all.empty())
        return all.swap(from);
    std::move(from.begin(), from.end(), std::back_inserter(all));
    from.clear();
}

} // namespace

EngineHost::Loop::Loop(boost::asio::io_context& its_context, Deliver its_deliver)
    : context(its_context), deliver(std::move(its_deliver))
{}

EngineHost::EngineHost(boost::asio::io_context& context, Engine& engine, MemoryBudget& memory)
    : context_(context),
      memory_(memory),
      alarm_(context,
          [this] {
              with_engine(loops_.front(), [this](Instant now) {
                  alarm_for_.reset();
                  engine_.tick(now, out_);
              });
          }),
      engine_(engine)
{}

void EngineHost::add_loop(boost::asio::io_context& context, Deliver deliver)
{
    loops_.emplace_back(context, std::move(deliver));
}

/// The time is taken with the lock, so that it never runs backwards for the engine.
template <class Work>
void EngineHost::with_engine(Loop& own, Work work)
{
    {
        std::lock_guard const lock(engine_mutex_);
        work(steady_now());
        dispatch(own);
    }
    empty_inbox(own);
}

void EngineHost::handle(std::size_t index, EngineItems& items)
{
    with_engine(loops_[index], [&](Instant now) {
        engine_.collect();
        for (auto const& item : items) // first, so that what comes finds room where there is some
            if (auto const* const link = std::get_if<LinkState>(&item))
                link->full ? engine_.link_full(link->origin)
                           : engine_.link_ready(link->origin, now, out_);
        for (auto& item : items) {
            if (auto* const arrival = std::get_if<Arrival>(&item))
                engine_.receive(arrival->origin, std::move(arrival->request),
                    std::move(arrival->batch), now, out_);
            else if (auto* const opening = std::get_if<Opening>(&item))
                engine_.open_stream(
                    opening->origin, std::move(opening->request), opening->client_id, now, out_);
            else if (auto* const inquiry = std::get_if<Inquiry>(&item))
                engine_.request(inquiry->origin, std::move(inquiry->request),
                    std::move(inquiry->body), now, out_);
            else if (auto const* const loss = std::get_if<Loss>(&item))
                engine_.connection_lost(loss->origin, now, out_);
            else if (auto* const returned = std::get_if<Returned>(&item))
                engine_.undelivered(std::move(returned->reply), now, out_);
        }
        empty(items);
        engine_.flush(now, out_);
    });
}

void EngineHost::post(std::function<void()> task)
{
    bool called = false;
    {
        std::lock_guard const lock(tasks_mutex_);
        called = !tasks_.empty();
        tasks_.push_back(std::move(task));
    }
    if (!called)
        boost::asio::post(context_, [this] { run_tasks(); });
}

void EngineHost::run_tasks()
{
    with_engine(loops_.front(), [this](Instant now) {
        Tasks tasks;
        {
            std::lock_guard const lock(tasks_mutex_);
            tasks.swap(tasks_);
        }
        engine_.collect();
        for (auto& task : tasks) {
            engine_.run(task, now, out_);
            task = nullptr; // here, since its end may be an answer, to a remote call for instance
        }
        engine_.flush(now, out_);
    });
}

void EngineHost::start()
{
    with_engine(loops_.front(), [this](Instant now) { engine_.tick(now, out_); });
}

void EngineHost::shutdown(Duration interval, std::function<void()> ended)
{
    with_engine(loops_.front(), [&](Instant now) {
        ended_ = std::move(ended);
        for (auto& loop : loops_)
            loop.sorted.close_after_answers = true;
        engine_.shutdown(interval, now, out_);
    });
}

void EngineHost::shutdown_now(Duration interval)
{
    with_engine(loops_.front(), [&](Instant now) { engine_.shutdown(interval, now, out_); });
}

EngineStatistics EngineHost::statistics()
{
    std::lock_guard const lock(engine_mutex_);
    return engine_.statistics();
}

void EngineHost::free_memory()
{
    std::lock_guard const lock(engine_mutex_);
    out_.drop_spare();
    for (auto& loop : loops_) {
        std::lock_guard const its_lock(loop.mutex);
        std::vector<Reply>().swap(loop.used);
    }
}

void EngineHost::dispatch(Loop const& own)
{
    auto const statistics = engine_.statistics();
    memory_.set_queues(statistics.queue_bytes);
    for (auto const& event : out_.logs)
        log_event(event);
    if (loops_.size() == 1) {
        loops_.front().sorted.replies.swap(out_.replies);
    } else {
        for (auto& reply : out_.replies)
            loops_[loop_of(reply.origin)].sorted.replies.push_back(std::move(reply));
    }
    for (auto& answer : out_.web_answers)
        loops_[loop_of(answer.origin)].sorted.web_answers.push_back(std::move(answer));
    out_.clear();
    for (auto& loop : loops_)
        if (!loop.sorted.empty())
            put_into_inbox(loop, &loop != &own);
    if (ended_ && statistics.sessions == 0) // behind the calls to look into inboxes
        boost::asio::dispatch(context_, std::exchange(ended_, nullptr));
    set_alarm();
}

void EngineHost::put_into_inbox(Loop& loop, bool call)
{
    {
        std::lock_guard const lock(loop.mutex);
        move_behind(loop.inbox.replies, loop.sorted.replies);
        move_behind(loop.inbox.web_answers, loop.sorted.web_answers);
        loop.inbox.close_after_answers |= std::exchange(loop.sorted.close_after_answers, false);
        out_.take_back(loop.used);
        call = call && !std::exchange(loop.called, true);
    }
    if (call)
        boost::asio::post(loop.context, [this, &loop] { empty_inbox(loop); });
}

void EngineHost::empty_inbox(Loop& loop)
{
    {
        std::lock_guard const lock(loop.mutex);
        loop.called = false;
        std::swap(loop.taken, loop.inbox);
    }
    if (loop.taken.empty())
        return;
    loop.deliver(loop.taken);
    loop.taken.close_after_answers = false;
    strip(loop.taken.replies);
    std::lock_guard const lock(loop.mutex);
    move_behind(loop.used, loop.taken.replies);
}

void EngineHost::when_delivered(std::size_t index, std::function<void()> const& resume)
{
    auto& own = loops_[index];
    auto const left = std::make_shared<std::atomic<std::size_t>>(loops_.size() - 1);
    for (auto& loop : loops_)
        if (&loop != &own) // behind the calls to look into its inbox
            boost::asio::post(loop.context, [&own, resume, left] {
                if (left->fetch_sub(1) == 1)
                    boost::asio::post(own.context, resume);
            });
}

void EngineHost::set_alarm()
{
    auto const deadline = engine_.next_deadline();
    if (!deadline || (alarm_for_ && *alarm_for_ <= *deadline))
        return;
    alarm_for_ = deadline;
    boost::asio::dispatch(context_, [this, deadline] { alarm_.set(deadline); });
}

void EngineHost::log_event(LogEvent const& event)
{
    if (event.level < LogLevel::warning)
        return log(event.level, event.text);
    auto const verdict = trouble_quota_.take(steady_now());
    if (verdict == LogQuota::Verdict::drop)
        return;
    log(event.level, event.text);
    if (verdict == LogQuota::Verdict::log_as_last)
        log(LogLevel::warning, "too much trouble: not all of it is logged within this minute");
}

} // namespace bayeux::server
