#include "tests/support/test_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace bayeux::testing {
namespace {

[[noreturn]] void fail(char const* what)
{
    throw std::system_error(errno, std::system_category(), what);
}

int connected(std::uint16_t port, std::optional<TestClient::ReceiveBuffer> buffer)
{
    auto const made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0)
        fail("socket");
    timeval const limit{.tv_sec = patience.count(), .tv_usec = 0};
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int const on = 1;
    ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (buffer)
        ::setsockopt(made, SOL_SOCKET, SO_RCVBUF, &buffer->bytes, sizeof buffer->bytes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) {
        ::close(made);
        fail("connect");
    }
    return made;
}

} // namespace

bool HttpResponse::has(std::string_view header_line) const
{
    return head.find("\r\n" + std::string(header_line) + "\r\n") != std::string::npos;
}

boost::json::array HttpResponse::messages() const
{
    if (status != 200)
        throw std::runtime_error("status " + std::to_string(status) + ": " + head);
    return boost::json::parse(body).as_array();
}

TestClient::TestClient(std::uint16_t port) : socket_(connected(port, {})) {}
TestClient::TestClient(std::uint16_t port, ReceiveBuffer buffer) : socket_(connected(port, buffer))
{}

TestClient::~TestClient()
{
    close();
}

TestClient::TestClient(TestClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_))
{}

TestClient& TestClient::operator=(TestClient&& other) noexcept
{
    std::swap(socket_, other.socket_);
    std::swap(received_, other.received_);
    return *this;
}

void TestClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void TestClient::send_urgently(std::string_view bytes)
{
    if (::send(socket_, bytes.data(), bytes.size(), MSG_OOB | MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size()))
        fail("send");
}

std::size_t TestClient::send_some(std::string_view bytes)
{
    auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

bool TestClient::receive()
{
    std::array<char, 16'384> block;
    auto const size = ::recv(socket_, block.data(), block.size(), 0);
    if (size < 0)
        fail("recv");
    received_.append(block.data(), static_cast<std::size_t>(size));
    return size > 0;
}

HttpResponse TestClient::read()
{
    constexpr std::string_view length_header = "\r\nContent-Length: ";
    std::size_t head_end = 0;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos)
        if (!receive())
            return {};
    HttpResponse response;
    response.head = received_.substr(0, head_end + 2);
    response.status = std::stoi(response.head.substr(response.head.find(' ')));
    received_.erase(0, head_end + 4);
    if (auto const at = response.head.find(length_header); at != std::string::npos) {
        auto const length = std::stoul(response.head.substr(at + length_header.size()));
        while (received_.size() < length)
            if (!receive())
                throw std::runtime_error("the connection ended inside an answer");
        response.body = received_.substr(0, length);
        received_.erase(0, length);
    }
    return response;
}

HttpResponse TestClient::post(std::string_view messages, std::string_view headers)
{
    send(post_request(messages, headers));
    return read();
}

std::string TestClient::take(std::size_t size)
{
    while (received_.size() < size)
        if (!receive())
            throw std::runtime_error("the connection ended inside a frame");
    auto taken = received_.substr(0, size);
    received_.erase(0, size);
    return taken;
}

std::string TestClient::read_frame()
{
    auto const number = [](std::string const& bytes) {
        std::size_t value = 0;
        for (auto const byte : bytes)
            value = value << 8U | static_cast<unsigned char>(byte);
        return value;
    };
    auto const size = number(take(2).substr(1)); // the server masks nothing
    return take(size < 126 ? size : number(take(size == 126 ? 2 : 8)));
}

bool TestClient::has_more(std::chrono::milliseconds within)
{
    pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
    return !received_.empty() || ::poll(&wanted, 1, static_cast<int>(within.count())) > 0;
}

std::size_t TestClient::drain()
{
    std::size_t size = std::exchange(received_, {}).size();
    while (receive())
        size += std::exchange(received_, {}).size();
    return size;
}

void TestClient::end_sending()
{
    ::shutdown(socket_, SHUT_WR);
}

void TestClient::close()
{
    if (socket_ >= 0)
        ::close(std::exchange(socket_, -1));
}

void TestClient::reset()
{
    linger const at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
}

std::string post_request(std::string_view messages, std::string_view headers)
{
    return "POST /cometd HTTP/1.1\r\nHost: test\r\nContent-Length: " +
           std::to_string(messages.size()) + "\r\n" + std::string(headers) + "\r\n" +
           std::string(messages);
}

TestSession::TestSession(TestClient& client)
{
    auto const replies = client
                             .post(R"([{"channel":"/meta/handshake","version":"1.0",)"
                                   R"("supportedConnectionTypes":["long-polling"]}])")
                             .messages();
    id_ = replies.at(0).as_object().at("clientId").as_string();
    client.post(connect());
}

std::string TestSession::message(std::string_view channel, std::string_view members) const
{
    return R"([{"channel":")" + std::string(channel) + R"(","clientId":")" + id_ + '"' +
           std::string(members) + "}]";
}

std::string TestSession::connect() const
{
    return message("/meta/connect", R"(,"connectionType":"long-polling")");
}

std::string TestSession::connect_at_once() const
{
    return message("/meta/connect", R"(,"connectionType":"long-polling","advice":{"timeout":0})");
}

std::string TestSession::subscribe(std::string_view channel) const
{
    return message("/meta/subscribe", R"(,"subscription":")" + std::string(channel) + '"');
}

std::string TestSession::publish(std::string_view channel, std::string_view data) const
{
    return message(channel, R"(,"data":)" + std::string(data));
}

bool is_successful(boost::json::value const& reply)
{
    return reply.as_object().at("successful").as_bool();
}

std::string data_on(std::string_view channel, boost::json::array const& messages)
{
    std::string all;
    for (auto const& value : messages) {
        auto const& message = value.as_object();
        if (message.at("channel").as_string() != channel || !message.contains("data"))
            continue;
        all += (all.empty() ? "" : " ") + boost::json::serialize(message.at("data"));
    }
    return all;
}

} // namespace bayeux::testing
