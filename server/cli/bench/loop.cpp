#include "server/cli/bench/loop.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/prctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bayeux::cli {
namespace {

constexpr std::size_t events_at_a_time = 64;
constexpr std::size_t buffer_size = 262'144;

[[noreturn]] void fail(char const* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), events_(events_at_a_time), buffer_(buffer_size)
{
    if (epoll_ < 0) {
        fail("epoll_create1");
    }
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL); // else messages leave 50 us late
}

Loop::~Loop()
{
    close(epoll_);
}

void Loop::control(int operation, int descriptor, std::uint32_t events, Watched* watched) const
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = watched;
    if (epoll_ctl(epoll_, operation, descriptor, &event) != 0) {
        fail("epoll_ctl");
    }
}

void Loop::add(int descriptor, std::uint32_t events, Watched& watched)
{
    control(EPOLL_CTL_ADD, descriptor, events, &watched);
}

void Loop::change(int descriptor, std::uint32_t events, Watched& watched)
{
    control(EPOLL_CTL_MOD, descriptor, events, &watched);
}

void Loop::remove(int descriptor, Watched& watched)
{
    control(EPOLL_CTL_DEL, descriptor, 0, nullptr);
    for (auto i = next_event_; i < event_count_; ++i) {
        if (events_[i].data.ptr == &watched) {
            events_[i].data.ptr = nullptr;
        }
    }
}

void Loop::at(Time time, std::function<void()> action)
{
    appointments_.push({time, appointments_made_++, std::move(action)});
}

void Loop::keep_appointments()
{
    while (!appointments_.empty() && appointments_.top().time <= time_) {
        // top() is constant, but its action is not needed there any more
        auto const action = std::move(const_cast<Appointment&>(appointments_.top()).action);
        appointments_.pop();
        action();
    }
}

void Loop::wait(Time deadline)
{
    if (!appointments_.empty()) {
        deadline = std::min(deadline, appointments_.top().time);
    }
    auto const left = std::max<Time>(deadline - now(), 0);
    timespec const timeout{left / second, left % second};
    auto const count =
        epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
    if (count < 0 && errno != EINTR) {
        fail("epoll_pwait2");
    }
    event_count_ = static_cast<std::size_t>(std::max(count, 0));
}

bool Loop::run(std::function<bool()> const& done, Time deadline)
{
    while (!done()) {
        if (now() >= deadline) {
            return false;
        }
        wait(deadline);
        for (next_event_ = 0; next_event_ < event_count_;) {
            auto const& event = events_[next_event_++];
            if (auto* const watched = static_cast<Watched*>(event.data.ptr)) {
                arrival_ = time_ = now();
                watched->ready(event.events);
            }
        }
        event_count_ = 0;
        arrival_ = time_ = now();
        keep_appointments();
    }
    return true;
}

void Loop::run_until(Time deadline)
{
    run([] { return false; }, deadline);
}

} // namespace bayeux::cli
