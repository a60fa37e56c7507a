// What the system may do to a server that runs: its calls fail, its clock jumps. The calls are
// defined here, so that those of the server come here too.

#include "bayeux/service.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <future>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

std::atomic<int> accept_error = 0; ///< 0: it works
std::atomic<int> accept_calls = 0;
std::atomic<int> watch_error = 0;
std::atomic<std::int64_t> clock_jump = 0; ///< seconds

/// While it lives a call fails so, or the wall clock is wrong.
template <class Value>
class Trouble {
public:
    Trouble(std::atomic<Value>& what, Value value) : what_(what) { what_ = value; }
    ~Trouble() { what_ = 0; }
    Trouble(Trouble const&) = delete;
    Trouble& operator=(Trouble const&) = delete;

private:
    std::atomic<Value>& what_;
};

/// Tells that a session has ended.
class Mourner : public BayeuxService {
public:
    Mourner(ServiceContext& context, std::promise<void>& ended)
        : BayeuxService(context, "mourner"), ended_(ended)
    {}
    void session_removed(Session&, Removal why, Message const*) override
    {
        if (why == Removal::expired)
            ended_.set_value();
    }

private:
    std::promise<void>& ended_;
};

constexpr std::int64_t long_time = std::int64_t{400} * 86'400;

} // namespace

extern "C" int accept4(int socket, sockaddr* address, socklen_t* size, int flags)
{
    ++accept_calls;
    if (accept_error != 0) {
        errno = accept_error;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_accept4, socket, address, size, flags));
}

extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event* event) noexcept
{
    if (watch_error != 0 && operation == EPOLL_CTL_ADD) {
        errno = watch_error;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_epoll_ctl, epoll, operation, descriptor, event));
}

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept
{
    auto const result = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
    if (clock == CLOCK_REALTIME)
        now->tv_sec += clock_jump;
    return result;
}

extern "C" std::time_t time(std::time_t* also) noexcept
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (also != nullptr)
        *also = now.tv_sec;
    return now.tv_sec;
}

BOOST_DATA_TEST_CASE(connections_wait_while_the_system_has_no_room_for_them,
    io_thread_counts* boost::unit_test::data::make({EMFILE, ENFILE, ENOBUFS, ENOMEM}), io_threads,
    error)
{
    RunningServer const server(with_io_threads(io_threads));
    auto inside = server.client();
    inside.send(options_request);
    BOOST_TEST(inside.read().status == 200);
    auto outside = [&] {
        Trouble const trouble(accept_error, error);
        auto const began = std::chrono::steady_clock::now();
        accept_calls = 0;
        auto client = server.client();
        client.send(options_request);
        BOOST_TEST(!client.has_more(150ms));
        inside.send(options_request);
        BOOST_TEST(inside.read().status == 200);
        auto const passed = std::chrono::steady_clock::now() - began;
        BOOST_TEST(accept_calls <= 2 + passed / 50ms, "it tries again and again");
        return client;
    }();
    BOOST_TEST(outside.read().status == 200);
}

BOOST_DATA_TEST_CASE(a_connection_that_cannot_be_watched_is_closed_and_others_are_served,
    io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    {
        auto first = server.client(); // so that all loops are there
        first.send(options_request);
        BOOST_TEST(first.read().status == 200);
        Trouble const trouble(watch_error, ENOSPC);
        auto client = server.client();
        BOOST_TEST(client.drain() == 0U);
    }
    auto client = server.client();
    client.send(options_request);
    BOOST_TEST(client.read().status == 200);
}

BOOST_DATA_TEST_CASE(a_clock_that_jumps_ahead_ends_nothing, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto client = server.client();
    TestSession const session(client);
    client.post(session.subscribe("/a"));
    client.send(post_request(session.connect()));
    auto idle = server.client();
    idle.send(options_request);
    auto const date = [](HttpResponse const& response) {
        auto const begin = response.head.find("Date: ");
        return response.head.substr(begin, response.head.find('\r', begin) - begin);
    };
    auto const before = date(idle.read());
    Trouble const trouble(clock_jump, long_time);
    server.settle();
    BOOST_TEST(!client.has_more(150ms));
    idle.send(options_request);
    BOOST_TEST(date(idle.read()) != before, "it has seen the jump");
    auto other = server.client();
    TestSession const publishing(other);
    other.post(publishing.publish("/a", "1"));
    BOOST_TEST(data_on("/a", client.read().messages()) == "1");
}

BOOST_DATA_TEST_CASE(a_clock_that_is_set_back_holds_up_nothing, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.engine.timeout = 100ms;
    options.engine.max_interval = 200ms;
    options.request_timeout = 200ms;
    std::promise<void> ended;
    RunningServer const server(options, [&](Engine& engine) {
        engine.install(std::make_unique<Mourner>(engine.context(), ended));
    });
    auto client = server.client();
    TestSession const session(client);
    auto slow = server.client();
    slow.send(options_request.substr(0, 20));
    Trouble const trouble(clock_jump, -long_time);
    BOOST_TEST(is_successful(client.post(session.connect()).messages().at(0)));
    BOOST_TEST(slow.read().status == 408);
    BOOST_TEST((ended.get_future().wait_for(patience) == std::future_status::ready));
}
