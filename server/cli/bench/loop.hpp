#pragma once

#include "server/cli/bench/clock.hpp"

#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <sys/epoll.h>
#include <vector>

namespace bayeux::cli {

/// Something with a descriptor that a Loop watches.
class Watched {
public:
    virtual ~Watched() = default;

    /// @param events EPOLLIN and so on
    virtual void ready(std::uint32_t events) = 0;
};

/// Waits for descriptors and for times, on one thread. This is epoll as it is, and not Asio,
/// because a load generator must cost less than the server that it measures: each descriptor is
/// added once, level triggered, and no system call is made for it but those that read and write.
class Loop {
public:
    Loop();
    ~Loop();
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;

    void add(int descriptor, std::uint32_t events, Watched& watched);
    void change(int descriptor, std::uint32_t events, Watched& watched);
    /// Before the descriptor is closed; may be called from ready() of anything.
    void remove(int descriptor, Watched& watched);

    /// Calls `action` once at this time.
    void at(Time time, std::function<void()> action);

    /// Runs until `done`, which is asked once a turn; false when `deadline` came first.
    bool run(std::function<bool()> const& done, Time deadline);
    void run_until(Time deadline);

    /// When what is dealt with began.
    Time time() const { return time_; }

    /// When what is being read had arrived at this machine; time() if nobody has said so.
    Time arrival() const { return arrival_; }
    void set_arrival(Time time) { arrival_ = time; }

    /// What the clock of the wall, by which the system stamps packets, is ahead of ours.
    Time wall_clock_ahead() const { return wall_clock_ahead_; }

    /// What is read into, by one at a time.
    std::span<char> buffer() { return buffer_; }

private:
    struct Appointment {
        Time time;
        std::uint64_t order;
        std::function<void()> action;
        bool operator<(Appointment const& other) const
        {
            return time != other.time ? time > other.time : order > other.order;
        }
    };

    void control(int operation, int descriptor, std::uint32_t events, Watched* watched) const;
    void wait(Time deadline);
    void keep_appointments();

    int epoll_;
    Time wall_clock_ahead_ = read_clock(CLOCK_REALTIME) - now();
    Time time_ = now();
    Time arrival_ = time_;
    std::vector<epoll_event> events_;
    std::size_t next_event_ = 0; // of those that are not dealt with yet
    std::size_t event_count_ = 0;
    std::priority_queue<Appointment> appointments_;
    std::uint64_t appointments_made_ = 0;
    std::vector<char> buffer_;
};

} // namespace bayeux::cli
