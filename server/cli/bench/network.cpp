#include "server/cli/bench/network.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/printable.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bayeux::cli {
namespace {

sockaddr_in address_of(std::string const& text)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (inet_pton(AF_INET, text.c_str(), &address.sin_addr) != 1) {
        throw Failure("not an IPv4 address: " + server::printable(text));
    }
    return address;
}

sockaddr_in resolve(Url const& url)
{
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (int const error = getaddrinfo(url.host.c_str(), nullptr, &hints, &found)) {
        throw Failure(server::printable(url.host) + ": " + gai_strerror(error));
    }
    sockaddr_in address{};
    std::memcpy(&address, found->ai_addr, sizeof address);
    freeaddrinfo(found);
    address.sin_port = htons(url.port);
    return address;
}

bool is_loopback(sockaddr_in const& address)
{
    return ntohl(address.sin_addr.s_addr) >> 24 == 127;
}

void set(int descriptor, int level, int option)
{
    int const on = 1;
    setsockopt(descriptor, level, option, &on, sizeof on);
}

[[noreturn]] void fail(char const* what, int descriptor)
{
    std::string const why = std::strerror(errno);
    close(descriptor);
    throw Failure(std::string("cannot ") + what + ": " + why);
}

} // namespace

Network::Network(Loop& loop, Url const& url, std::vector<std::string> const& sources)
    : loop_(loop), path_(url.path), authority_(url.authority()), target_(resolve(url))
{
    for (auto const& source : sources) {
        sources_.push_back(address_of(source));
    }
    if (sources.empty() && is_loopback(target_)) {
        for (int last = 2; last < 18; ++last) {
            sources_.push_back(address_of("127.0.0." + std::to_string(last)));
        }
    }
}

int Network::connect()
{
    int const descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        throw Failure(std::string("cannot open a socket: ") + std::strerror(errno));
    }
    set(descriptor, IPPROTO_TCP, TCP_NODELAY);
    set(descriptor, SOL_SOCKET, SO_TIMESTAMPNS);
    if (!sources_.empty()) {
        set(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT); // the port is taken by connect()
        auto const& source = sources_[next_source_++ % sources_.size()];
        if (bind(descriptor, reinterpret_cast<sockaddr const*>(&source), sizeof source) != 0) {
            fail("connect from a source address", descriptor);
        }
    }
    auto const* const target = reinterpret_cast<sockaddr const*>(&target_);
    if (::connect(descriptor, target, sizeof target_) != 0 && errno != EINPROGRESS) {
        fail("connect", descriptor);
    }
    return descriptor;
}

std::string& Network::scratch()
{
    scratch_.clear();
    return scratch_;
}

std::string& Network::messages()
{
    messages_.clear();
    return messages_;
}

void need_descriptors(std::size_t connections)
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    constexpr std::size_t others = 16; // standard streams, epoll, files of /proc
    if (connections + others > limit.rlim_cur) {
        throw Failure(std::to_string(connections) + " connections need more descriptors than the " +
                      std::to_string(limit.rlim_cur) + " that this process may open (ulimit -n)");
    }
}

} // namespace bayeux::cli
