// A loop with real connections on the test's own thread; the test stands in for the engine.

#include "server/io_loop.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace bayeux;
using namespace bayeux::server;
using boost::asio::ip::tcp;

namespace {

constexpr Duration far_away{3'600'000};

class LoopUnderTest {
public:
    explicit LoopUnderTest(ConnectionTimeouts timeouts)
        : loop_(0, context_, HttpSettings{}, timeouts,
              [this](EngineItems& items) {
                  for (auto& item : items)
                      came.push_back(std::move(item));
                  items.clear();
                  answer();
              }),
          acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}),
          client(context_)
    {
        client.connect(acceptor_.local_endpoint());
        auto accepted = acceptor_.accept();
        accepted.non_blocking(true);
        client.non_blocking(true);
        loop_.adopt(accepted.release(), "peer");
    }
    ~LoopUnderTest() { loop_.close_all(); }

    void run_until(std::function<bool()> const& done)
    {
        while (!done()) {
            context_.run_one();
            std::array<char, 4096> bytes;
            boost::system::error_code error;
            auto const size = client.read_some(boost::asio::buffer(bytes), error);
            received.append(bytes.data(), size);
        }
    }

private:
    /// Opens every stream.
    void answer()
    {
        LoopItems items;
        for (; answered_ < came.size(); ++answered_)
            if (auto const* const opening = std::get_if<Opening>(&came[answered_]))
                items.replies.push_back(Reply::to(opening->origin));
        boost::asio::post(context_, [this, items]() mutable { loop_.deliver(items); });
    }

    boost::asio::io_context context_;
    IoLoop loop_;
    tcp::acceptor acceptor_;
    std::size_t answered_ = 0;

public:
    tcp::socket client;
    std::vector<EngineItem> came; ///< to the engine
    std::string received;         ///< by the client
};

constexpr std::string_view open_request =
    "GET /cometd/abc HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(io_loop)

BOOST_AUTO_TEST_CASE(a_stream_is_given_heartbeats)
{
    LoopUnderTest loop({far_away, far_away, far_away, Duration(1)});
    boost::asio::write(loop.client, boost::asio::buffer(open_request));
    loop.run_until(
        [&] { return loop.received.find("retry: 5000\n\n:\n\n:\n\n:\n\n") != std::string::npos; });
}

BOOST_AUTO_TEST_CASE(a_stream_is_lost_when_its_client_goes)
{
    LoopUnderTest loop({far_away, far_away, far_away, far_away});
    boost::asio::write(loop.client, boost::asio::buffer(open_request));
    loop.run_until([&] { return loop.received.ends_with("retry: 5000\n\n"); });
    BOOST_TEST_REQUIRE(loop.came.size() == 1U);
    auto const opening = std::get<Opening>(loop.came[0]);
    BOOST_TEST(opening.client_id == "abc");
    BOOST_TEST(opening.request.peer == "peer");
    loop.client.shutdown(tcp::socket::shutdown_send);
    loop.run_until([&] { return loop.came.size() == 2; });
    BOOST_TEST((std::get<Loss>(loop.came[1]).origin == opening.origin));
}

BOOST_AUTO_TEST_SUITE_END()
