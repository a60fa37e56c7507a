#pragma once

#include "server/descriptor.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <sys/epoll.h>

namespace bayeux::server {

/// Tells which of a loop's sockets are ready. Each is registered once, for everything and
/// edge-triggered, so that waiting for it costs no system call: with Asio's own sockets a long-poll
/// cycle has one epoll_ctl(2) more, and a parked connection 250 bytes.
///
/// The rule of edges: an event says that there may be something to read or room to write, and it is
/// not said again before the socket has been found empty, or full. Loop's thread.
class Poller {
public:
    static constexpr std::size_t max_events = 512; ///< of one collect()

    /// `on_ready` is called from `context` when there are events to collect().
    Poller(boost::asio::io_context& context, std::function<void()> on_ready);

    /// False: the system has no room for it. A socket leaves when its descriptor is closed.
    [[nodiscard]] bool add(int descriptor, std::uint64_t key);

    /// What has happened since the last call, without waiting; `data.u64` is the key. More are left
    /// when there are max_events. Good until the next call.
    std::span<epoll_event const> collect();

    /// Has on_ready called once when there is something again; more calls change nothing.
    void wait();

private:
    using Watched =
        boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;

    Watched epoll_;
    std::function<void()> on_ready_;
    bool waiting_ = false;
    std::array<epoll_event, max_events> events_;
};

} // namespace bayeux::server
