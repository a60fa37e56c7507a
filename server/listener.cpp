#include "server/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace bayeux::server {
namespace {

using boost::asio::ip::tcp;

/// Bytes that the system takes of a connection's before it has sent those that it has: what is
/// written last shall not wait behind megabytes.
constexpr int max_not_sent = 65'536;

constexpr std::chrono::milliseconds pause_time{100};
/// Connections taken in a row before others have their turn.
constexpr int accept_burst = 64;

tcp::endpoint endpoint_of(ListenAddress const& address)
{
    if (address.host.empty())
        return {tcp::v6(), address.port};
    return {boost::asio::ip::make_address(address.host), address.port};
}

} // namespace

std::string name_of(tcp::endpoint const& endpoint)
{
    auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    auto const port = std::to_string(endpoint.port());
    return address.is_v6() ? "[" + address.to_string() + "]:" + port
                           : address.to_string() + ":" + port;
}

Listener::Listener(boost::asio::io_context& context, ListenAddress const& address,
    OnAccept on_accept, HasRoom has_room, OnPause on_pause)
    : acceptor_(context),
      timer_(context),
      on_accept_(std::move(on_accept)),
      has_room_(std::move(has_room)),
      on_pause_(std::move(on_pause))
{
    auto const endpoint = endpoint_of(address);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    // Its connections have what it has, so none of them needs a call for it. Urgent data is a part
    // of what comes; otherwise a byte would be missing there.
    acceptor_.set_option(tcp::no_delay(true));
    acceptor_.set_option(tcp::acceptor::out_of_band_inline(true));
    ::setsockopt(acceptor_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_not_sent,
        sizeof max_not_sent);
    if (endpoint.protocol() == tcp::v6())
        acceptor_.set_option(boost::asio::ip::v6_only(!address.host.empty()));
    acceptor_.bind(endpoint);
    acceptor_.listen(boost::asio::socket_base::max_listen_connections);
    acceptor_.non_blocking(true);
}

ListenAddress Listener::address() const
{
    auto const endpoint = acceptor_.local_endpoint();
    auto const any = endpoint.address().is_unspecified() && endpoint.address().is_v6();
    return {any ? std::string() : endpoint.address().to_string(), endpoint.port()};
}

void Listener::stop()
{
    timer_.cancel();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
}

void Listener::wait()
{
    acceptor_.async_wait(tcp::acceptor::wait_read, [this](boost::system::error_code failed) {
        if (!failed)
            accept_all();
    });
}

void Listener::accept_all()
{
    // accept4 itself, since the sockets belong to other loops.
    for (int taken = 0; taken < accept_burst; ++taken) {
        if (!has_room_())
            return pause("as many connections as are allowed");
        tcp::endpoint peer(tcp::v6(), 0);
        auto size = static_cast<socklen_t>(peer.capacity());
        auto const descriptor =
            ::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            peer.resize(size);
            paused_ = false;
            on_accept_({descriptor, name_of(peer)});
        } else if (errno == EAGAIN) {
            break;
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            return pause(std::strerror(errno));
        }
        // Anything else is about that one connection (ECONNABORTED and the like).
    }
    wait();
}

void Listener::pause(std::string_view why)
{
    if (!std::exchange(paused_, true))
        on_pause_(why);
    timer_.expires_after(pause_time);
    timer_.async_wait([this](boost::system::error_code failed) {
        if (!failed)
            wait();
    });
}

} // namespace bayeux::server
