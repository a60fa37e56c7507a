#pragma once

#include "bayeux/time.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace bayeux::server {

inline Instant steady_now()
{
    return std::chrono::floor<Duration>(std::chrono::steady_clock::now());
}

/// The one timer of a loop, for the earliest of its deadlines. It is set anew only for an earlier
/// time: deadlines mostly move away, and then an early ring costs less than a system call for each
/// move. Loop's thread.
class Alarm {
public:
    Alarm(boost::asio::io_context& context, std::function<void()> ring)
        : timer_(context), ring_(std::move(ring))
    {}

    void set(std::optional<Instant> when)
    {
        if (!when || (set_for_ && *set_for_ <= *when))
            return;
        set_for_ = when;
        timer_.expires_at(std::chrono::steady_clock::time_point(*when));
        timer_.async_wait([this](boost::system::error_code failed) {
            if (failed)
                return; // set anew, or destroyed
            set_for_.reset();
            ring_();
        });
    }

private:
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
        boost::asio::wait_traits<std::chrono::steady_clock>, boost::asio::io_context::executor_type>
        timer_;
    std::function<void()> ring_;
    std::optional<Instant> set_for_;
};

} // namespace bayeux::server
