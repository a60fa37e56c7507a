#pragma once

#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/outbox.hpp"
#include "server/address_quota.hpp"
#include "server/descriptor.hpp"
#include "server/http_connection.hpp"
#include "server/refusals.hpp"
#include "server/websocket.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::server {

class IoLoop;

/// One TCP connection: reads, feeds its HttpConnection or WebSocket, writes, keeps time. Owned by
/// its loop, which destroys it when close() has been called; its loop's thread.
///
/// While a request waits for the engine it holds no buffer: it waits for readability alone, so that
/// it notices at once when the other side goes. A client that has only ended its sending still gets
/// the answers to what it sent, but a poll ends with it: nothing tells such a client from one that
/// is gone.
class Connection final : public detail::Deadline {
public:
    /// `socket` is non-blocking.
    Connection(IoLoop& loop, std::uint64_t serial, Descriptor socket, std::string peer,
        AddressQuota::Place place);

    ~Connection();
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;

    std::uint64_t serial() const { return serial_; }
    /// Bytes that are not sent yet, or not a whole request yet.
    std::size_t kept() const { return kept_; }
    /// The socket is to be read from when there is something.
    void start() { wait_readable(); }
    /// Events of epoll(7): see Poller.
    void on_ready(std::uint32_t events);
    /// The other side has ended its sending, or all is over. on_ready() tells it too, perhaps
    /// later.
    void note_hangup() { hung_up_ = true; }
    /// The engine's reply to the request in work. False: it could not be sent at all.
    [[nodiscard]] bool answer(Reply const& reply);
    void answer(WebReply const& reply);
    /// False when the client of an HTTP connection may be gone, since it has ended its sending.
    bool reaches_client() const;
    /// Takes up what was left over, in the socket or when much had been answered at once.
    void go_on();
    /// The deadline has come.
    void time_out();
    /// The server goes down: close when idle, else after the answer.
    void drain();
    /// Ends it at once, with all that it keeps, and all that the system keeps for it.
    void cut(Cut why);
    /// The next answer says that the connection closes.
    void close_after_answer() { http_.close_after_answer(); }

private:
    /// What the deadline is for.
    enum class Timing : std::uint8_t { none, idle, request, writing, lingering };

    void wait_readable();
    void on_readable();
    void process(std::string_view bytes);
    bool may_consume() const;
    /// The engine sends to it unasked: it is a WebSocket or an EventSource.
    bool pushes() const { return websocket_ || http_.streaming(); }
    bool owes_answer() const;
    std::size_t consume(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);
    void complete(Request& request) const;
    bool closing() const;
    /// Sends, or keeps what the socket does not take; false when the connection is broken.
    bool send(std::string_view bytes);
    void note_refusal();
    void note_kept();
    void on_writable();
    void after_send();
    void tell_loss();
    void linger();
    void go_away(std::string_view reason);
    Duration idle_time() const;
    void time(Timing what);
    void close();

    IoLoop& loop_;
    std::uint64_t serial_;
    Descriptor socket_;
    HttpConnection http_;
    std::unique_ptr<WebSocket> websocket_; ///< after the upgrade
    AddressQuota::Place place_;
    std::string surplus_; ///< received, not consumed yet
    std::string unsent_;
    std::size_t sent_ = 0; ///< of unsent_
    std::size_t kept_ = 0; ///< as noted last
    Timing timing_ = Timing::none;
    // Bits, since there are many connections.
    bool wants_input_ : 1 = false;
    bool readable_ : 1 = false; ///< there may be something to read
    bool hung_up_ : 1 = false;  ///< and behind it, the end
    bool urgent_ : 1 = false;   ///< it has sent such data, so reading may stop early
    bool input_ended_ : 1 = false;
    bool draining_ : 1 = false;
    bool polling_ : 1 = false; ///< the request in work may be held
    bool sending_ended_ : 1 = false;
    bool interrupted_ : 1 = false; ///< it has much left over, for go_on()
    bool told_full_ = false;       ///< the engine knows that its client does not keep up
    bool told_loss_ = false;       ///< the engine knows that nothing can be pushed any more
};

} // namespace bayeux::server
