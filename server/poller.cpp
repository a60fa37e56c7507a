#include "server/poller.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace bayeux::server {
namespace {

int make_epoll()
{
    int const descriptor = ::epoll_create1(EPOLL_CLOEXEC);
    if (descriptor < 0)
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    return descriptor;
}

} // namespace

Poller::Poller(boost::asio::io_context& context, std::function<void()> on_ready)
    : epoll_(context, make_epoll()), on_ready_(std::move(on_ready))
{
    wait();
}

bool Poller::add(int descriptor, std::uint64_t key)
{
    epoll_event event{};
    event.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = key;
    return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

std::span<epoll_event const> Poller::collect()
{
    auto const count =
        ::epoll_wait(epoll_.native_handle(), events_.data(), static_cast<int>(events_.size()), 0);
    return std::span(events_).first(static_cast<std::size_t>(count < 0 ? 0 : count));
}

void Poller::wait()
{
    if (std::exchange(waiting_, true))
        return;
    epoll_.async_wait(Watched::wait_read, [this](boost::system::error_code failed) {
        if (failed)
            return; // the end
        waiting_ = false;
        on_ready_();
    });
}

} // namespace bayeux::server
