// A server behind a proxy knows its clients (--trusted-proxy).

#include "bayeux/service.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"
#include "tests/websocket_driver.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using server::client_text;
using server::upgrade_request;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake"}])";
constexpr auto forwarded = "X-Forwarded-For: 192.0.2.1\r\n";

/// Where sessions come from, as services see it.
class Guestbook : public BayeuxService {
public:
    struct Pages {
        std::mutex mutex;
        std::vector<std::string> peers;
    };

    Guestbook(ServiceContext& context, Pages& pages)
        : BayeuxService(context, "guestbook"), pages_(pages)
    {}
    void session_added(Session& session, Message const&) override
    {
        std::lock_guard const lock(pages_.mutex);
        pages_.peers.push_back(session.peer().substr(0, session.peer().rfind(':')));
    }

private:
    Pages& pages_;
};

server::Options behind_a_proxy(std::size_t io_threads)
{
    auto options = with_io_threads(io_threads);
    options.trusted_proxy = {"127.0.0.0/8"};
    return options;
}

/// The addresses that a service sees of the sessions that `talk` begins.
std::vector<std::string> addresses_seen(
    std::size_t io_threads, void (*talk)(RunningServer const& server))
{
    Guestbook::Pages pages;
    RunningServer server(behind_a_proxy(io_threads), [&pages](Engine& engine) {
        engine.install(std::make_unique<Guestbook>(engine.context(), pages));
    });
    talk(server);
    server.stop();
    return pages.peers;
}

bool shakes_hands(TestClient& client, std::string_view headers)
{
    return is_successful(client.post(handshake, headers).messages().at(0));
}

void shake_hands_from_everywhere(RunningServer const& server)
{
    server.client().post(handshake, forwarded);
    auto announced = server.client();
    announced.send("PROXY TCP4 192.0.2.2 198.51.100.1 56324 443\r\n");
    announced.post(handshake);
    auto socket = server.client();
    socket.send("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n" + upgrade_request() +
                client_text(handshake));
    BOOST_TEST(socket.read().status == 101);
    BOOST_TEST(socket.has_more(patience));
    server.client().post(handshake);
}

} // namespace

BOOST_DATA_TEST_CASE(services_see_the_address_of_the_client, io_thread_counts, io_threads)
{
    BOOST_TEST((addresses_seen(io_threads, shake_hands_from_everywhere) ==
                std::vector<std::string>{"192.0.2.1", "192.0.2.2", "[2001:db8::1]", "127.0.0.1"}));
}

BOOST_DATA_TEST_CASE(
    limits_per_address_are_for_the_client_and_not_for_the_proxy, io_thread_counts, io_threads)
{
    auto options = behind_a_proxy(io_threads);
    options.max_connections_per_address = 2;
    options.engine.max_sessions_per_address = 1;
    RunningServer const server(options);
    auto first = server.client();
    BOOST_TEST(shakes_hands(first, forwarded));
    BOOST_TEST(!shakes_hands(first, forwarded));
    BOOST_TEST(shakes_hands(first, "X-Forwarded-For: 192.0.2.2\r\n"));
    std::vector<TestClient> others; // all of the proxy
    for (int n = 0; n < 4; ++n) {
        others.push_back(server.client());
        BOOST_TEST(others.back().post(handshake, forwarded).status == 200);
    }
    std::vector<TestClient> same; // of one client
    for (int n = 0; n < 3; ++n) {
        same.push_back(server.client());
        same.back().send("PROXY TCP4 192.0.2.3 198.51.100.1 56324 443\r\n");
        same.back().send(options_request);
        BOOST_TEST(same.back().read().status == (n < 2 ? 200 : 503));
    }
    BOOST_TEST(server.refused(503) == 1U);
}

BOOST_AUTO_TEST_CASE(without_trusted_proxies_nobody_speaks_for_others)
{
    auto options = with_io_threads(0);
    options.engine.max_sessions_per_address = 1;
    RunningServer const server(options);
    auto client = server.client();
    BOOST_TEST(shakes_hands(client, forwarded));
    BOOST_TEST(!shakes_hands(client, "X-Forwarded-For: 192.0.2.2\r\n"));
    auto other = server.client();
    other.send("PROXY TCP4 192.0.2.2 198.51.100.1 56324 443\r\n" + std::string(options_request));
    BOOST_TEST(other.read().status == 400);
    BOOST_TEST(other.drain() == 0U);
    BOOST_TEST(server.refused(400) == 1U);
}
