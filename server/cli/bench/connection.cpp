#include "server/cli/bench/connection.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace bayeux::cli {
namespace {

/// recv(), which also tells the loop when the last of it came out of the network.
ssize_t receive_timed(int descriptor, std::span<char> buffer, Loop& loop)
{
    iovec bytes{buffer.data(), buffer.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(timespec))];
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto const count = recvmsg(descriptor, &message, 0);
    auto const* const stamp = count > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (stamp != nullptr && stamp->cmsg_level == SOL_SOCKET &&
        stamp->cmsg_type == SCM_TIMESTAMPNS) {
        timespec time{};
        std::memcpy(&time, CMSG_DATA(stamp), sizeof time);
        loop.set_arrival(time.tv_sec * second + time.tv_nsec - loop.wall_clock_ahead());
    }
    return count;
}

} // namespace

void Connection::close()
{
    if (descriptor_ < 0) {
        return;
    }
    network_.loop().remove(descriptor_, *this);
    linger const reset{1, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(std::exchange(descriptor_, -1));
    waits_to_send_ = false;
    unsent_ = {};
    partial_ = {};
}

void Connection::send(std::string_view bytes)
{
    if (!is_open()) {
        descriptor_ = network_.connect();
        ++opened_;
        trouble_ = 0;
        network_.loop().add(descriptor_, EPOLLIN, *this);
    }
    if (unsent_.empty()) {
        auto const sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (sent < 0 && errno != EAGAIN) { // neither full nor still being connected
            trouble_ = errno;                     // told when it is found closed
        }
    }
    unsent_ += bytes;
    if (!unsent_.empty() && !waits_to_send_) {
        waits_to_send_ = true;
        network_.loop().change(descriptor_, EPOLLIN | EPOLLOUT, *this);
    }
}

void Connection::ready(std::uint32_t events)
{
    if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) {
        receive();
    }
    if ((events & EPOLLOUT) != 0 && waits_to_send_) {
        flush();
    }
}

void Connection::receive()
{
    auto const buffer = network_.loop().buffer();
    auto const count = receive_timed(descriptor_, buffer, network_.loop());
    if (count <= 0) {
        if (count == 0) {
            lose(trouble_ != 0 ? std::strerror(trouble_) : "closed by the server");
        } else if (errno != EAGAIN && errno != EINTR) {
            lose(std::strerror(errno));
        }
        return;
    }
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    auto joined = std::exchange(partial_, {}); // taking may close this, and open it again
    if (!joined.empty()) {
        joined += bytes;
        bytes = joined;
    }
    auto const opened = opened_;
    bytes.remove_prefix(take(bytes));
    if (!bytes.empty() && is_open() && opened == opened_) {
        partial_ = bytes;
    }
}

void Connection::flush()
{
    auto const sent = ::send(descriptor_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0) {
        return;
    }
    unsent_.erase(0, static_cast<std::size_t>(sent));
    if (unsent_.empty()) {
        unsent_ = {};
        waits_to_send_ = false;
        network_.loop().change(descriptor_, EPOLLIN, *this);
    }
}

void Connection::lose(std::string const& why)
{
    close();
    lost(why);
}

} // namespace bayeux::cli
