#include "server/io_loop.hpp"

#include "server/http_response.hpp"

#include <boost/asio/post.hpp>

#include <ctime>
#include <unistd.h>
#include <utility>

namespace bayeux::server {
namespace {

/// A long answer must not leave a long buffer behind.
constexpr std::size_t max_scratch = 1'048'576;

} // namespace

IoLoop::IoLoop(std::size_t index, boost::asio::io_context& context, HttpSettings settings,
    ConnectionTimeouts timeouts, ToEngine to_engine)
    : index_(index),
      context_(context),
      settings_(std::move(settings)),
      timeouts_(timeouts),
      to_engine_(std::move(to_engine)),
      alarm_(context, [this] { ring(); })
{}

void IoLoop::adopt(int descriptor, bool is_ipv6, std::string peer)
{
    using boost::asio::ip::tcp;
    Socket socket(context_);
    boost::system::error_code failed;
    socket.assign(is_ipv6 ? tcp::v6() : tcp::v4(), descriptor, failed);
    if (failed)
        ::close(descriptor);
    else
        socket.non_blocking(true, failed);
    if (!failed)
        socket.set_option(tcp::no_delay(true), failed);
    if (failed) { // it went before it came
        ended_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    auto const serial = ++last_serial_;
    auto connection =
        std::make_unique<Connection>(*this, serial, std::move(socket), std::move(peer));
    auto& made = *connection;
    connections_.emplace(serial, std::move(connection));
    if (drained_)
        made.drain();
    else
        made.start();
}

Connection* IoLoop::find(std::uint64_t serial)
{
    auto const found = connections_.find(serial);
    return found == connections_.end() ? nullptr : found->second.get();
}

void IoLoop::destroy(std::uint64_t serial)
{
    auto const found = connections_.find(serial);
    wheel_.cancel(*found->second);
    connections_.erase(found);
    ended_.fetch_add(1, std::memory_order_relaxed);
    if (connections_.empty() && drained_)
        drained_();
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
    // Posted behind the handlers that are ready now, so it runs at the end of this turn.
    if (to_send_.empty())
        boost::asio::post(context_, [this] { to_engine_(to_send_); });
    to_send_.push_back(std::move(item));
}

void IoLoop::deliver(LoopItems& items)
{
    renew_date();
    for (auto& reply : items.replies) {
        auto* const connection = find(connection_of(reply.origin));
        if (!reply.messages.empty() && (connection == nullptr || !connection->reaches_client()))
            give_back(reply);
        if (connection != nullptr && !connection->answer(reply))
            give_back(reply);
    }
    items.replies.clear();
    for (auto const& answer : items.web_answers)
        if (auto* const connection = find(connection_of(answer.origin)))
            connection->answer(answer.reply);
    items.web_answers.clear();
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

void IoLoop::continue_later(std::uint64_t serial)
{
    boost::asio::post(context_, [this, serial] {
        if (auto* const connection = find(serial))
            connection->go_on();
    });
}

void IoLoop::close_after_answers()
{
    for (auto const& [serial, connection] : connections_)
        connection->close_after_answer();
}

void IoLoop::drain(std::function<void()> drained)
{
    drained_ = std::move(drained);
    std::vector<std::uint64_t> serials;
    for (auto const& [serial, connection] : connections_)
        serials.push_back(serial);
    if (serials.empty())
        drained_();
    for (auto const serial : serials)
        if (auto* const connection = find(serial))
            connection->drain();
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
    if (send_scratch_.capacity() > max_scratch)
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
