#include "server/io_loop.hpp"

#include "server/http_response.hpp"
#include "server/kept_memory.hpp"
#include "server/memory_budget.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

namespace bayeux::server {
namespace {

/// What a loop receives before the engine has its turn: all that waits between them, since clients
/// send faster than it works.
constexpr std::size_t max_received = 1'048'576;

static_assert(SlotMap<Connection>::number_bits == connection_bits);

} // namespace

IoLoop::IoLoop(std::size_t index, boost::asio::io_context& context, HttpSettings settings,
    ConnectionTimeouts timeouts, ToEngine to_engine, WhenDone when_done)
    : index_(index),
      context_(context),
      settings_(std::move(settings)),
      timeouts_(timeouts),
      to_engine_(std::move(to_engine)),
      when_done_(std::move(when_done)),
      poller_(context, [this] { work(); }),
      alarm_(context, [this] { ring(); })
{}

void IoLoop::adopt(int descriptor, std::string peer, AddressQuota::Place place)
{
    Descriptor socket(descriptor);
    auto& made = connections_.add([&](std::uint64_t serial) {
        return std::make_unique<Connection>(
            *this, serial, std::move(socket), std::move(peer), std::move(place));
    });
    if (!poller_.add(descriptor, made.serial()))
        destroy(made.serial());
    else if (drained_)
        made.drain();
    else
        made.start();
}

Connection* IoLoop::find(std::uint64_t serial)
{
    return connections_.find(serial);
}

void IoLoop::destroy(std::uint64_t serial)
{
    wheel_.cancel(*find(serial));
    connections_.erase(serial);
    ended_.fetch_add(1, std::memory_order_relaxed);
    if (connections_.empty() && drained_)
        drained_();
}

/// Who has hung up is known from then on; the rest is for work().
void IoLoop::collect()
{
    for (bool more = true; more;) {
        auto const events = poller_.collect();
        for (auto const& event : events)
            if ((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
                if (auto* const connection = find(event.data.u64))
                    connection->note_hangup();
        ready_.insert(ready_.end(), events.begin(), events.end());
        more = events.size() == Poller::max_events;
    }
}

/// A turn: the connections that are ready, until they have brought enough, then the engine.
void IoLoop::work()
{
    will_work_ = false;
    if (paused_)
        return;
    if (ready_.empty())
        collect();
    working_ = true;
    auto event = ready_.begin();
    for (; event != ready_.end() && received_ < max_received; ++event) {
        if (auto* const connection = find(event->data.u64))
            connection->on_ready(event->events);
        if (keeps_more_)
            relieve();
    }
    ready_.erase(ready_.begin(), event);
    working_ = false;
    hand_over();
    work_later();
}

void IoLoop::hand_over()
{
    if (!to_send_.empty())
        to_engine_(to_send_);
    if (!when_done_) {
        received_ = 0;
    } else if (received_ >= max_received && !std::exchange(paused_, true)) {
        received_ = 0;
        when_done_([this] { resume(); });
    }
}

/// Those that are ready and those that want to continue go first in turns, else the ones would
/// leave nothing of each megabyte to the others.
void IoLoop::resume()
{
    paused_ = false;
    for (auto const serial : std::exchange(to_continue_, {}))
        continue_later(serial);
    ready_first_ = !ready_first_;
    if (ready_first_)
        work();
    else if (!std::exchange(will_work_, true))
        boost::asio::post(context_, [this] { work(); });
}

void IoLoop::work_later()
{
    if (ready_.empty())
        poller_.wait();
    else if (!std::exchange(will_work_, true))
        boost::asio::post(context_, [this] { work(); });
}

void IoLoop::submit(std::uint64_t serial, BayeuxRequest request)
{
    auto const origin = make_origin(index_, serial);
    if (request.service_body)
        queue(Inquiry{origin, std::move(request.request), std::move(*request.service_body)});
    else if (request.request.transport == Transport::eventsource)
        queue(Opening{origin, std::move(request.request), std::move(request.client_id)});
    else
        queue(Arrival{origin, std::move(request.request), std::move(request.batch)});
}

void IoLoop::report_loss(std::uint64_t serial)
{
    queue(Loss{make_origin(index_, serial)});
}

void IoLoop::report_link(std::uint64_t serial, LinkIs state)
{
    queue(LinkState{make_origin(index_, serial), state == LinkIs::full});
}

void IoLoop::queue(EngineItem item)
{
    // Else posted behind the handlers that are ready now.
    if (to_send_.empty() && !working_)
        boost::asio::post(context_, [this] { hand_over(); });
    to_send_.push_back(std::move(item));
}

void IoLoop::deliver(LoopItems& items)
{
    renew_date();
    if (items.close_after_answers)
        connections_.for_each([](Connection& connection) { connection.close_after_answer(); });
    // Messages for a client that has gone by now shall wait for its next poll.
    collect();
    for (auto& reply : items.replies) {
        auto* const connection = find(connection_of(reply.origin));
        // What its client acknowledges it asks for again, if it comes back.
        if (!reply.messages.empty() && !reply.whole &&
            (connection == nullptr || !connection->reaches_client()))
            give_back(reply);
        if (connection != nullptr && !connection->answer(reply))
            give_back(reply);
        if (keeps_more_)
            relieve();
    }
    for (auto const& answer : items.web_answers)
        if (auto* const connection = find(connection_of(answer.origin)))
            connection->answer(answer.reply);
    items.web_answers.clear();
    work_later();
}

/// The messages; the rest of an answer is of no use without its connection.
void IoLoop::give_back(Reply& reply)
{
    if (reply.messages.empty())
        return;
    auto returned = Reply::to(reply.origin);
    returned.messages = std::exchange(reply.messages, {});
    returned.client_id = reply.client_id;
    queue(Returned{std::move(returned)});
}

void IoLoop::note_kept(std::size_t before, std::size_t now)
{
    if (settings_.memory == nullptr)
        return;
    settings_.memory->change(before, now);
    kept_ += now - before;
    keeps_more_ = keeps_more_ || now > before;
}

/// When there is no more memory, and the connections have a part in it, those end that keep most.
/// Between two calls of connections.
void IoLoop::relieve()
{
    keeps_more_ = false;
    if (!settings_.memory->is_exceeded() || settings_.memory->is_little(kept_))
        return;
    std::vector<std::pair<std::size_t, std::uint64_t>> keepers;
    connections_.for_each([&](Connection const& connection) {
        if (connection.kept() > 0)
            keepers.emplace_back(connection.kept(), connection.serial());
    });
    std::ranges::sort(keepers, std::ranges::greater{});
    for (auto const& [bytes, serial] : keepers) {
        if (!settings_.memory->is_tight() || settings_.memory->is_little(kept_))
            return;
        find(serial)->cut(Cut::memory);
    }
}

void IoLoop::continue_later(std::uint64_t serial)
{
    boost::asio::post(context_, [this, serial] {
        if (paused_)
            return to_continue_.push_back(serial);
        if (auto* const connection = find(serial))
            connection->go_on();
        if (received_ >= max_received)
            hand_over();
    });
}

void IoLoop::drain(std::function<void()> drained)
{
    drained_ = std::move(drained);
    if (connections_.empty())
        return drained_();
    connections_.for_each([](Connection& connection) { connection.drain(); });
}

void IoLoop::close_all()
{
    drained_ = nullptr;
    connections_.clear();
}

void IoLoop::arm(detail::Deadline& deadline, Duration from_now)
{
    auto const when = steady_now() + from_now;
    wheel_.arm(deadline, when);
    alarm_.set(when);
}

void IoLoop::ring()
{
    renew_date();
    wheel_.advance(steady_now(),
        [](detail::Deadline& deadline) { static_cast<Connection&>(deadline).time_out(); });
    alarm_.set(wheel_.next_deadline());
}

std::string& IoLoop::send_scratch()
{
    if (send_scratch_.capacity() > max_kept_memory)
        std::string().swap(send_scratch_);
    send_scratch_.clear();
    return send_scratch_;
}

void IoLoop::renew_date()
{
    auto const second = std::time(nullptr);
    if (second == date_second_)
        return;
    date_second_ = second;
    settings_.date = http_date(second);
}

} // namespace bayeux::server
