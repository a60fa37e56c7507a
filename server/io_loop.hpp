#pragma once

#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/time.hpp"
#include "server/address_quota.hpp"
#include "server/alarm.hpp"
#include "server/connection.hpp"
#include "server/engine_items.hpp"
#include "server/http_settings.hpp"
#include "server/poller.hpp"
#include "server/slot_map.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <sys/epoll.h>
#include <vector>

namespace bayeux::server {

struct ConnectionTimeouts {
    Duration request;    ///< first to last byte of a request, and between two steps of sending
    Duration keep_alive; ///< between requests
    Duration websocket_idle;
    Duration heartbeat; ///< between two signs of life on an EventSource
};

/// The connections of one thread. What its connections bring within one turn goes to the engine as
/// one batch at the end of the turn, and the engine's replies come back as one batch.
///
/// All calls on the thread that runs `context`, except ended_count().
class IoLoop {
public:
    /// Has the engine do what is in `items`, and deliver() called with what it answers; leaves them
    /// empty.
    using ToEngine = std::function<void(EngineItems& items)>;
    /// Has `resume` called on the loop's thread when what the engine has answered has been carried
    /// out by all loops.
    using WhenDone = std::function<void(std::function<void()> resume)>;

    /// `when_done` is empty if there is no other loop.
    IoLoop(std::size_t index, boost::asio::io_context& context, HttpSettings settings,
        ConnectionTimeouts timeouts, ToEngine to_engine, WhenDone when_done = {});

    /// Takes over a connected, non-blocking TCP socket.
    void adopt(int descriptor, std::string peer, AddressQuota::Place place = {});
    /// Carries out what the engine answers to requests of this loop. The replies are left to be
    /// used again.
    void deliver(LoopItems& items);
    /// Closes what is idle, lets the rest end; calls `drained` once when nothing is left.
    void drain(std::function<void()> drained);
    /// Closes everything.
    void close_all();

    /// How many of the connections that it was given are gone.
    std::size_t ended_count() const { return ended_.load(std::memory_order_relaxed); }

    // For its connections
    Connection* find(std::uint64_t serial);
    HttpSettings const& http_settings() const { return settings_; }
    ConnectionTimeouts const& timeouts() const { return timeouts_; }
    void submit(std::uint64_t serial, BayeuxRequest request);
    void report_loss(std::uint64_t serial);
    enum class LinkIs { full, ready };
    void report_link(std::uint64_t serial, LinkIs state);
    void continue_later(std::uint64_t serial);
    void note_kept(std::size_t before, std::size_t now);
    void note_received(std::size_t bytes) { received_ += bytes; }
    void destroy(std::uint64_t serial);
    void arm(detail::Deadline& deadline, Duration from_now);
    void cancel(detail::Deadline& deadline) { wheel_.cancel(deadline); }
    std::span<char> receive_scratch() { return receive_scratch_; }
    void renew_date();
    /// Empty; its content is good until the next call.
    std::string& send_scratch();

private:
    void collect();
    void work();
    void work_later();
    void queue(EngineItem item);
    void hand_over();
    void resume();
    void give_back(Reply& reply);
    void relieve();
    void ring();

    std::size_t index_;
    boost::asio::io_context& context_;
    HttpSettings settings_;
    ConnectionTimeouts timeouts_;
    ToEngine to_engine_;
    WhenDone when_done_;

    Poller poller_;
    std::vector<epoll_event> ready_;         ///< of the connections, not taken up yet
    bool working_ = false;                   ///< on what is ready
    bool will_work_ = false;                 ///< it has been posted
    bool paused_ = false;                    ///< until what was received has been carried out
    std::size_t received_ = 0;               ///< bytes that have perhaps not been carried out
    std::vector<std::uint64_t> to_continue_; ///< connections that have asked for it in a pause
    bool ready_first_ = false;               ///< after the last pause
    bool keeps_more_ = false;                ///< than when relieve() looked last
    std::size_t kept_ = 0;                   ///< bytes, by all connections here
    SlotMap<Connection> connections_;
    std::atomic<std::size_t> ended_{0};
    EngineItems to_send_;
    std::function<void()> drained_;

    detail::TimerWheel wheel_;
    Alarm alarm_;
    std::int64_t date_second_ = 0;
    std::array<char, 65'536> receive_scratch_;
    std::string send_scratch_;
};

} // namespace bayeux::server
