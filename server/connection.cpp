#include "server/connection.hpp"

#include "bayeux/channel_name.hpp"
#include "server/event_stream.hpp"
#include "server/io_loop.hpp"
#include "server/listener.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cerrno>
#include <optional>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

namespace bayeux::server {
namespace {

/// How much a client may send ahead while its request waits for the engine.
constexpr std::size_t max_surplus = 65'536;
/// What a read may be inflated to before others have their turn.
constexpr std::size_t max_inflated = 1'048'576;
/// From then on a socket's messages wait in the session's queue.
constexpr std::size_t max_unsent = 65'536;
/// How long after the last response we read on, so that no reset overtakes it.
constexpr Duration linger_time{2'000};

/// Only a lone /meta/connect is held (wire-behaviour 4.2, rule 4).
bool may_be_held(Batch const& batch)
{
    return batch.size() == 1 && channel_identity(batch.front().channel()) == "/meta/connect";
}

std::size_t heap_bytes(std::string const& buffer)
{
    static std::size_t const inside = std::string().capacity();
    return buffer.capacity() > inside ? buffer.capacity() : 0;
}

/// The socket has nothing, or takes nothing, for now; else it is broken.
bool would_block()
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

std::string local_address_of(int socket)
{
    boost::asio::ip::tcp::endpoint local(boost::asio::ip::tcp::v6(), 0);
    auto size = static_cast<socklen_t>(local.capacity());
    if (::getsockname(socket, local.data(), &size) != 0)
        return {};
    local.resize(size);
    return name_of(local);
}

} // namespace

Connection::Connection(IoLoop& loop, std::uint64_t serial, Descriptor socket, std::string peer,
    AddressQuota::Place place)
    : Deadline(Kind::only),
      loop_(loop),
      serial_(serial),
      socket_(std::move(socket)),
      http_(loop.http_settings(), std::move(peer)),
      place_(std::move(place))
{
    time(Timing::idle);
}

Connection::~Connection()
{
    loop_.note_kept(kept_, 0);
}

void Connection::wait_readable()
{
    wants_input_ = true;
    if (readable_)
        loop_.continue_later(serial_);
}

void Connection::on_ready(std::uint32_t events)
{
    bool const over = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if (over || (events & EPOLLRDHUP) != 0)
        hung_up_ = true;
    if ((events & EPOLLPRI) != 0)
        urgent_ = true;
    if (hung_up_ || (events & (EPOLLIN | EPOLLPRI)) != 0)
        readable_ = true;
    if (unsent_.empty()) {
        if (wants_input_ && readable_)
            on_readable();
    } else if (over || (events & EPOLLOUT) != 0) {
        on_writable(); // which reads on when all is sent
    }
}

void Connection::go_on()
{
    if (wants_input_ && readable_)
        on_readable();
    else
        process({});
}

void Connection::on_readable()
{
    wants_input_ = false;
    auto const scratch = loop_.receive_scratch();
    auto const size = ::recv(socket_.get(), scratch.data(), scratch.size(), 0);
    if (size < 0) {
        if (!would_block())
            return close();
        readable_ = false;
        return process({}); // what was left over, if there is something
    }
    input_ended_ = size == 0;
    if (input_ended_ && !owes_answer())
        return close();
    auto const bytes = std::string_view(scratch.data(), static_cast<std::size_t>(size));
    // A socket that gave less than it was asked for is empty, unless it stopped at urgent data.
    readable_ = hung_up_ || urgent_ ? !input_ended_ : bytes.size() == scratch.size();
    loop_.note_received(bytes.size());
    process(bytes);
}

void Connection::process(std::string_view bytes)
{
    if (!surplus_.empty() || !may_consume()) {
        surplus_ += bytes;
        bytes = surplus_;
    }
    loop_.renew_date();
    auto& out = loop_.send_scratch();
    std::size_t used = 0;
    std::size_t inflated = 0;
    while (may_consume() && inflated < max_inflated) {
        bool const was_websocket = websocket_ != nullptr;
        std::optional<BayeuxRequest> request;
        used += consume(bytes.substr(used), out, request);
        inflated += websocket_ ? websocket_->take_inflated() : 0;
        if (request) {
            // The one may be held, the other wants to know when its client goes.
            polling_ = may_be_held(request->batch) || request->service_body;
            complete(request->request);
            loop_.submit(serial_, std::move(*request));
        } else if (was_websocket == (websocket_ != nullptr)) {
            break; // no more can be made of these bytes
        }
    }
    loop_.note_received(inflated);
    interrupted_ = inflated >= max_inflated && used < bytes.size();
    if (interrupted_)
        loop_.continue_later(serial_);
    if (surplus_.empty())
        surplus_ = bytes.substr(used);
    else
        surplus_.erase(0, used);
    if (surplus_.empty())
        surplus_.shrink_to_fit();
    if (!out.empty() && timing_ == Timing::request && !websocket_)
        time(Timing::idle); // was for a request that has been answered
    note_refusal();
    if (send(out))
        after_send();
}

bool Connection::may_consume() const
{
    return unsent_.empty() && (websocket_ || !http_.awaiting_answer());
}

/// Something has been asked that can be answered although no more comes.
bool Connection::owes_answer() const
{
    if (pushes() || sending_ended_)
        return false;
    return http_.awaiting_answer() ? !polling_ : !surplus_.empty() || !unsent_.empty();
}

std::size_t Connection::consume(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    if (websocket_)
        return websocket_->consume(bytes, out, request);
    auto const used = http_.consume(bytes, out, request);
    if (http_.upgraded())
        websocket_ = std::make_unique<WebSocket>(loop_.http_settings(),
            http_.deflates() ? loop_.http_settings().ws_deflate.get() : nullptr);
    return used;
}

/// With what the connection alone knows.
void Connection::complete(Request& request) const
{
    request.peer = http_.client();
    if (websocket_)
        request.kept_head = http_.upgrade_head();
    if (request.kept_head)
        request.local_address = local_address_of(socket_.get());
}

bool Connection::closing() const
{
    return websocket_ ? websocket_->closing() : http_.closing();
}

bool Connection::answer(Reply const& reply)
{
    if (closing())
        return false;
    auto& out = loop_.send_scratch();
    if (!websocket_)
        http_.answer(reply, out);
    else
        websocket_->answer(reply, out);
    if (!send(out))
        return false;
    if (reply.more) {
        if (unsent_.empty())
            loop_.report_link(serial_, IoLoop::LinkIs::ready);
        else
            told_full_ = true; // the engine knows
    }
    after_send();
    return true;
}

void Connection::answer(WebReply const& reply)
{
    auto& out = loop_.send_scratch();
    http_.answer(reply, out);
    if (send(out))
        after_send();
}

bool Connection::reaches_client() const
{
    return pushes() || !hung_up_; // to what pushes, the engine would push it again
}

bool Connection::send(std::string_view bytes)
{
    if (unsent_.empty() && !bytes.empty()) {
        auto const size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size < 0 && !would_block()) {
            close();
            return false;
        }
        bytes.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
        if (!bytes.empty())
            time(Timing::writing); // on_ready() tells when there is room
    }
    unsent_ += bytes;
    return true;
}

/// There is one at most: a WebSocket closes with it.
void Connection::note_refusal()
{
    auto const code = websocket_ ? websocket_->take_refusal() : 0;
    if (auto* const refusals = loop_.http_settings().refusals; refusals != nullptr && code != 0)
        refusals->note(code, http_.client());
}

void Connection::note_kept()
{
    auto const now = heap_bytes(unsent_) + heap_bytes(surplus_) +
                     (websocket_ ? websocket_->kept() : http_.kept());
    if (now != kept_)
        loop_.note_kept(std::exchange(kept_, now), now);
}

void Connection::on_writable()
{
    auto const rest = std::string_view(unsent_).substr(sent_);
    auto const size = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size < 0)
        return would_block() ? void() : close();
    sent_ += static_cast<std::size_t>(size);
    // Not each time: that would move a long answer again and again.
    if (2 * sent_ >= unsent_.size())
        unsent_.erase(0, std::exchange(sent_, 0));
    if (!unsent_.empty())
        return time(Timing::writing);
    unsent_.shrink_to_fit();
    if (std::exchange(told_full_, false))
        loop_.report_link(serial_, IoLoop::LinkIs::ready);
    process({});
}

/// Everything that could be done is done: what next?
void Connection::after_send()
{
    note_kept();
    // What the engine pushes from here on would only come back, and be pushed again.
    if (pushes() && closing())
        tell_loss();
    if (!unsent_.empty()) { // on_writable() goes on
        if (pushes() && unsent_.size() > max_unsent && !std::exchange(told_full_, true))
            loop_.report_link(serial_, IoLoop::LinkIs::full);
        return;
    }
    if (closing())
        return input_ended_ ? close() : linger();
    if (interrupted_) // go_on() does
        return time(Timing::idle);
    if (websocket_ && websocket_->in_message()) {
        bool const is_new = websocket_->take_message_end();
        if (is_new || timing_ != Timing::request)
            time(Timing::request); // runs from its first byte
        return wait_readable();
    }
    if (pushes()) {
        if (input_ended_)
            return close();
        time(Timing::idle);
        return wait_readable();
    }
    if (http_.awaiting_answer()) {
        if (input_ended_ && polling_)
            return close();
        time(Timing::none);
        // Stops reading from whoever sends too far ahead.
        if (!input_ended_ && surplus_.size() < max_surplus)
            wait_readable();
        return;
    }
    if (!surplus_.empty())
        return loop_.continue_later(serial_);
    if (input_ended_ || (draining_ && http_.idle()))
        return close();
    if (http_.idle())
        time(Timing::idle);
    else if (timing_ != Timing::request)
        time(Timing::request); // runs from the request's first byte
    wait_readable();
}

void Connection::tell_loss()
{
    if (!std::exchange(told_loss_, true))
        loop_.report_loss(serial_);
}

void Connection::linger()
{
    if (!sending_ended_) {
        sending_ended_ = true;
        ::shutdown(socket_.get(), SHUT_WR);
        time(Timing::lingering);
    }
    surplus_.clear();
    wait_readable();
}

void Connection::time(Timing what)
{
    timing_ = what;
    switch (what) {
    case Timing::none:
        return loop_.cancel(*this);
    case Timing::idle:
        return loop_.arm(*this, idle_time());
    case Timing::request:
    case Timing::writing:
        return loop_.arm(*this, loop_.timeouts().request);
    case Timing::lingering:
        return loop_.arm(*this, linger_time);
    }
}

Duration Connection::idle_time() const
{
    if (http_.streaming())
        return loop_.timeouts().heartbeat;
    return websocket_ ? loop_.timeouts().websocket_idle : loop_.timeouts().keep_alive;
}

void Connection::time_out()
{
    if (websocket_ && timing_ == Timing::idle)
        return go_away("idle");
    if (timing_ == Timing::writing)
        return cut(Cut::unread);
    if (timing_ != Timing::request && !(http_.streaming() && timing_ == Timing::idle))
        return close();
    auto& out = loop_.send_scratch();
    if (websocket_)
        websocket_->time_out(out);
    else if (http_.streaming())
        append_heartbeat(out);
    else
        http_.time_out(out);
    note_refusal();
    if (send(out))
        after_send();
}

void Connection::go_away(std::string_view reason)
{
    auto& out = loop_.send_scratch();
    websocket_->go_away(out, reason);
    if (send(out))
        after_send();
}

void Connection::drain()
{
    if (websocket_)
        return go_away("shutdown");
    draining_ = true;
    close_after_answer();
    if (http_.idle() && surplus_.empty() && unsent_.empty())
        close();
}

void Connection::cut(Cut why)
{
    if (auto* const refusals = loop_.http_settings().refusals)
        refusals->note(why, http_.client());
    struct linger const reset{1, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close();
}

void Connection::close()
{
    if (pushes() || http_.awaiting_answer())
        tell_loss();
    loop_.destroy(serial_);
}

} // namespace bayeux::server
