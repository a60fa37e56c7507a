#pragma once

#include "bayeux/time.hpp"
#include "server/options.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace bayeux::server {

/// "address:port"; an IPv6 address in brackets, one that stands for an IPv4 address as that.
std::string name_of(boost::asio::ip::tcp::endpoint const& endpoint);

/// Accepts connections on one address. When descriptors run out, or as many connections are open
/// as are wanted, new ones wait in the system's queue until others close. Loop's thread.
class Listener {
public:
    struct Accepted {
        int descriptor;   ///< non-blocking; belongs to the receiver
        std::string peer; ///< "address:port"
    };
    using OnAccept = std::function<void(Accepted)>;
    /// May another connection come?
    using HasRoom = std::function<bool()>;
    /// None is accepted any more, until there is room again.
    using OnPause = std::function<void(std::string_view why)>;

    /// Binds and listens. Throws boost::system::system_error.
    Listener(boost::asio::io_context& context, ListenAddress const& address, OnAccept on_accept,
        HasRoom has_room, OnPause on_pause);

    void start() { wait(); }
    void stop();
    /// With the port that the system chose for port 0.
    ListenAddress address() const;

private:
    void wait();
    void accept_all();
    void pause(std::string_view why);

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer timer_;
    OnAccept on_accept_;
    HasRoom has_room_;
    OnPause on_pause_;
    bool paused_ = false; ///< nothing has been accepted since
};

} // namespace bayeux::server
