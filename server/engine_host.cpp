#include "server/engine_host.hpp"

#include "server/kept_memory.hpp"
#include "server/log.hpp"

#include <boost/asio/post.hpp>

#include <iterator>
#include <utility>

namespace bayeux::server {

EngineHost::EngineHost(boost::asio::io_context& context, Engine& engine, MemoryBudget& memory)
    : context_(context), engine_(engine), memory_(memory), alarm_(context, [this] {
          engine_.tick(steady_now(), out_);
          dispatch();
      })
{}

void EngineHost::add_loop(ToLoop to_loop)
{
    loops_.push_back({std::move(to_loop), {}});
}

void EngineHost::handle(EngineItems& items)
{
    auto const now = steady_now();
    engine_.collect();
    for (auto const& item : items) // first, so that what comes finds room where there is some
        if (auto const* const link = std::get_if<LinkState>(&item))
            link->full ? engine_.link_full(link->origin)
                       : engine_.link_ready(link->origin, now, out_);
    for (auto& item : items) {
        if (auto* const arrival = std::get_if<Arrival>(&item))
            engine_.receive(
                arrival->origin, std::move(arrival->request), std::move(arrival->batch), now, out_);
        else if (auto* const opening = std::get_if<Opening>(&item))
            engine_.open_stream(
                opening->origin, std::move(opening->request), opening->client_id, now, out_);
        else if (auto* const inquiry = std::get_if<Inquiry>(&item))
            engine_.request(
                inquiry->origin, std::move(inquiry->request), std::move(inquiry->body), now, out_);
        else if (auto const* const loss = std::get_if<Loss>(&item))
            engine_.connection_lost(loss->origin, now, out_);
        else if (auto const* const task = std::get_if<Task>(&item))
            engine_.run(task->work, now, out_);
        else if (auto* const returned = std::get_if<Returned>(&item))
            engine_.undelivered(std::move(returned->reply), now, out_);
    }
    empty(items);
    engine_.flush(now, out_);
    dispatch();
}

void EngineHost::post(EngineItems& items)
{
    bool first = false;
    {
        std::lock_guard const lock(mutex_);
        first = mailbox_.empty();
        std::move(items.begin(), items.end(), std::back_inserter(mailbox_));
    }
    empty(items);
    if (!first)
        return; // the engine's thread has been called already
    boost::asio::post(context_, [this] {
        {
            std::lock_guard const lock(mutex_);
            taken_.swap(mailbox_);
        }
        handle(taken_);
    });
}

void EngineHost::start()
{
    engine_.tick(steady_now(), out_);
    dispatch();
}

void EngineHost::shutdown(Duration interval, std::function<void()> ended)
{
    ended_ = std::move(ended);
    shutdown_now(interval);
}

void EngineHost::shutdown_now(Duration interval)
{
    engine_.shutdown(interval, steady_now(), out_);
    dispatch();
}

void EngineHost::dispatch()
{
    auto const statistics = engine_.statistics();
    if (ended_ && statistics.sessions == 0)
        std::exchange(ended_, nullptr)();
    memory_.set_queues(statistics.queue_bytes);
    for (auto const& event : out_.logs)
        log_event(event);
    if (loops_.size() == 1) {
        loops_.front().items.replies.swap(out_.replies);
    } else {
        for (auto& reply : out_.replies)
            loops_[loop_of(reply.origin)].items.replies.push_back(std::move(reply));
    }
    for (auto& answer : out_.web_answers)
        loops_[loop_of(answer.origin)].items.web_answers.push_back(std::move(answer));
    out_.clear();
    // The others' first: they work while this thread carries out what is its own.
    for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
        if (!loop->items.empty())
            loop->to_loop(loop->items);
        out_.take_back(loop->items.replies);
    }
    alarm_.set(engine_.next_deadline());
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
