// A loop with real connections on the test's own thread; the test stands in for the engine.

#include "server/deflate.hpp"
#include "server/io_loop.hpp"
#include "server/memory_budget.hpp"
#include "tests/websocket_driver.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
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
    explicit LoopUnderTest(
        ConnectionTimeouts timeouts, IoLoop::WhenDone when_done = {}, HttpSettings settings = {})
        : loop_(
              0, context_, std::move(settings), timeouts,
              [this](EngineItems& items) {
                  for (auto& item : items)
                      came.push_back(std::move(item));
                  items.clear();
                  answer();
              },
              std::move(when_done)),
          acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}),
          client(connect())
    {}
    ~LoopUnderTest() { loop_.close_all(); }

    /// Another connection.
    tcp::socket connect()
    {
        // More than the loop reads at a time, so that it finds its buffer full.
        acceptor_.set_option(tcp::acceptor::receive_buffer_size(200'000));
        tcp::socket made(context_, tcp::v4());
        made.set_option(tcp::socket::send_buffer_size(200'000));
        made.set_option(tcp::no_delay(true)); // nothing waits for an acknowledgement
        made.connect(acceptor_.local_endpoint());
        auto accepted = acceptor_.accept();
        accepted.non_blocking(true);
        made.non_blocking(true);
        loop_.adopt(accepted.release(), "peer");
        return made;
    }

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

    void deliver(Reply reply)
    {
        LoopItems items;
        items.replies.push_back(std::move(reply));
        loop_.deliver(items);
    }
    /// Sends what does not fit into the socket's buffers as well.
    void send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            boost::system::error_code error;
            bytes.remove_prefix(client.write_some(boost::asio::buffer(bytes), error));
            run_some();
        }
    }
    /// Lets the loop work until it has nothing to do, or for so long that it never will.
    std::size_t run_some()
    {
        std::size_t handlers = 0;
        while (handlers < 10'000 && context_.poll_one() > 0)
            ++handlers;
        return handlers;
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

void upgrade(LoopUnderTest& loop, tcp::socket& client, std::string const& header = "")
{
    boost::asio::write(client,
        boost::asio::buffer(
            "GET /cometd HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
            header + "\r\n"));
    for (std::string response; !response.ends_with("\r\n\r\n");) {
        loop.run_some();
        std::array<char, 4096> bytes;
        boost::system::error_code error;
        response.append(bytes.data(), client.read_some(boost::asio::buffer(bytes), error));
    }
}

/// What a loop receives before the engine has its turn.
constexpr std::size_t enough = 1'048'576;
/// What it receives of one connection at a time.
constexpr std::size_t loop_buffer = 65'536;

std::string long_message(std::string const& channel)
{
    return R"({"channel":")" + channel + R"(","a":")" + std::string(60'000, 'x') + "\"}";
}

/// A WebSocket whose client always has more of the same message to send.
class Sender {
public:
    Sender(LoopUnderTest& loop, std::string const& channel)
        : client_(loop.connect()), frame_(client_text(long_message(channel)))
    {
        upgrade(loop, client_);
    }

    std::size_t frame_size() const { return frame_.size(); }
    void send_one() { boost::asio::write(client_, boost::asio::buffer(frame_)); }
    /// As much as the sockets take.
    void fill()
    {
        for (boost::system::error_code full; !full;)
            at_ =
                (at_ + client_.write_some(boost::asio::buffer(frame_) + at_, full)) % frame_.size();
    }

private:
    tcp::socket client_;
    std::string frame_;
    std::size_t at_ = 0; ///< of the frame that is being sent
};

std::size_t count(LoopUnderTest const& loop, std::string_view channel)
{
    return static_cast<std::size_t>(std::ranges::count_if(loop.came, [&](EngineItem const& item) {
        auto const* const arrival = std::get_if<Arrival>(&item);
        return arrival != nullptr && arrival->batch.front().channel() == channel;
    }));
}

/// A loop that pauses until the test lets it go on.
struct PausingLoop {
    explicit PausingLoop(HttpSettings settings = {})
        : loop(
              {far_away, far_away, far_away, far_away},
              [this](std::function<void()> go_on) { resume = std::move(go_on); },
              std::move(settings))
    {}

    void go_on()
    {
        BOOST_TEST_REQUIRE(!!resume);
        std::exchange(resume, nullptr)();
        loop.run_some();
    }
    /// Has the client send `frames`, which are `count` messages, and lets the loop go on after each
    /// pause. The result: how many messages came at most without one.
    std::size_t most_at_a_time(std::string_view frames, std::size_t count)
    {
        std::size_t came = 0;
        std::size_t most = 0;
        while (came < count) {
            for (int idle = 0; idle < 3; ++idle) {
                boost::system::error_code error;
                frames.remove_prefix(loop.client.write_some(boost::asio::buffer(frames), error));
                if (loop.run_some() > 0)
                    idle = -1;
            }
            most = std::max(most, loop.came.size() - came);
            came = loop.came.size();
            BOOST_TEST_REQUIRE((resume || came == count));
            if (resume)
                std::exchange(resume, nullptr)();
        }
        return most;
    }

    std::function<void()> resume; ///< empty: it does not pause
    LoopUnderTest loop;
};

std::string repeated(std::string const& frame, std::size_t count)
{
    std::string frames;
    for (std::size_t i = 0; i < count; ++i)
        frames += frame;
    return frames;
}

HttpSettings with_deflate()
{
    HttpSettings settings;
    settings.ws_deflate = std::make_shared<MessageDeflate>();
    return settings;
}

std::string const deflate_header = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/// Some hundred bytes.
std::string long_message_deflated()
{
    auto frame = client_text(MessageDeflate().compress(long_message("/foo")).value());
    frame.front() = static_cast<char>(frame.front() | 0x40);
    return frame;
}

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

BOOST_AUTO_TEST_CASE(frames_that_end_anywhere_in_a_full_buffer_are_all_read)
{
    LoopUnderTest loop({far_away, far_away, far_away, far_away});
    upgrade(loop, loop.client);
    // 31 bytes with its head: the loop's 65,536 end in the head of one.
    loop.send(repeated(client_text(R"({"channel":"/foo","a":12})"), 10'000));
    loop.run_some();
    BOOST_TEST(loop.came.size() == 10'000U);
}

BOOST_AUTO_TEST_CASE(no_more_is_read_than_the_engine_and_other_loops_work_off)
{
    PausingLoop pausing;
    upgrade(pausing.loop, pausing.loop.client);
    auto const frame = client_text(long_message("/foo"));
    BOOST_TEST(pausing.most_at_a_time(repeated(frame, 100), 100) < 25U);
}

BOOST_AUTO_TEST_CASE(compressed_messages_count_as_long_as_they_are)
{
    PausingLoop pausing(with_deflate());
    upgrade(pausing.loop, pausing.loop.client, deflate_header);
    BOOST_TEST(pausing.most_at_a_time(repeated(long_message_deflated(), 100), 100) < 25U);
}

BOOST_AUTO_TEST_CASE(compressed_messages_are_all_read_however_long_they_are)
{
    LoopUnderTest loop({far_away, far_away, far_away, far_away}, {}, with_deflate());
    upgrade(loop, loop.client, deflate_header);
    auto const all = repeated(long_message_deflated(), 100);
    BOOST_TEST_REQUIRE(all.size() < loop_buffer);
    loop.send(all.substr(0, all.size() - 1));
    loop.run_some();
    BOOST_TEST(loop.came.size() == 99U);
    loop.send(all.substr(all.size() - 1));
    loop.run_some();
    BOOST_TEST(loop.came.size() == 100U);
}

BOOST_AUTO_TEST_CASE(who_has_sent_much_goes_on_although_others_fill_each_turn)
{
    PausingLoop pausing;
    auto& loop = pausing.loop;
    Sender much(loop, "/much");
    std::vector<Sender> others;
    while (others.size() * much.frame_size() < enough)
        others.emplace_back(loop, "/foo");
    for (int n = 0; n < 3; ++n)
        much.send_one();
    for (auto& other : others)
        if (&other != &others.front()) // the part of the first turn that is not much's
            other.send_one();
    loop.run_some();
    BOOST_TEST(count(loop, "/much") == 1U);
    for (int turn = 0; turn < 4; ++turn) {
        for (auto& other : others)
            other.send_one();
        loop.run_some();
        pausing.go_on();
    }
    BOOST_TEST(count(loop, "/much") == 3U);
}

BOOST_AUTO_TEST_CASE(who_has_just_sent_something_is_read_although_others_have_much_left)
{
    PausingLoop pausing;
    auto& loop = pausing.loop;
    upgrade(loop, loop.client);
    std::vector<Sender> others;
    while (others.size() * loop_buffer <= enough)
        others.emplace_back(loop, "/much");
    auto const fill = [&] {
        for (auto& other : others)
            other.fill();
        loop.run_some();
    };
    fill();
    for (int turn = 0; turn < 4; ++turn) {
        pausing.go_on(); // all of them are about to go on by now
        fill();
    }
    boost::asio::write(loop.client, boost::asio::buffer(client_text(R"({"channel":"/one"})")));
    for (int turn = 0; turn < 4; ++turn) {
        pausing.go_on();
        fill();
    }
    BOOST_TEST(count(loop, "/one") == 1U);
}

BOOST_AUTO_TEST_CASE(when_memory_ends_a_loop_that_keeps_little_cuts_nobody_off)
{
    MemoryBudget memory(1'000'000);
    HttpSettings settings;
    settings.memory = &memory;
    LoopUnderTest loop({far_away, far_away, far_away, far_away}, {}, settings);
    auto const begin_post = [&](tcp::socket& client, std::size_t bytes) {
        boost::asio::write(
            client, boost::asio::buffer(
                        "POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" +
                        std::string(bytes, ' ')));
        loop.run_some();
    };
    auto const is_cut = [](tcp::socket& client) {
        std::array<char, 1> byte;
        boost::system::error_code error;
        client.read_some(boost::asio::buffer(byte), error);
        return error != boost::asio::error::would_block;
    };
    memory.set_queues(1'000'001);
    begin_post(loop.client, 20'000);
    BOOST_TEST(memory.connections() > 0U);
    BOOST_TEST(!is_cut(loop.client));
    auto other = loop.connect();
    begin_post(other, 51'000);
    BOOST_TEST(is_cut(other));
    BOOST_TEST(!is_cut(loop.client)); // what is left is little again
}

BOOST_AUTO_TEST_CASE(what_is_sent_ahead_of_an_answer_does_not_keep_the_loop_busy)
{
    LoopUnderTest loop({far_away, far_away, far_away, far_away});
    std::string const poll = R"({"channel":"/meta/connect"})";
    std::string const next(200'000, ' ');
    auto const post = [](std::string const& body) {
        return "POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    };
    auto const all = post(poll) + post(next);
    boost::system::error_code error;
    loop.client.write_some(boost::asio::buffer(all), error);
    loop.run_until([&] { return loop.came.size() == 1; });
    BOOST_TEST(loop.run_some() < 1'000U);
}

BOOST_AUTO_TEST_CASE(a_client_that_has_ended_its_sending_gets_messages_that_it_acknowledges)
{
    LoopUnderTest loop({far_away, far_away, far_away, far_away});
    std::string const body = R"([{"channel":"/meta/connect"},{"channel":"/foo"}])";
    boost::asio::write(
        loop.client, boost::asio::buffer("POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                                         std::to_string(body.size()) + "\r\n\r\n" + body));
    loop.client.shutdown(tcp::socket::shutdown_send);
    loop.run_until([&] { return loop.came.size() == 1; });
    loop.run_some();
    auto reply = Reply::to(std::get<Arrival>(loop.came[0]).origin);
    reply.messages.push_back(freeze("/foo", "1"));
    reply.replies = R"({"channel":"/meta/connect","successful":true,"ext":{"ack":1}})";
    reply.whole = true;
    loop.deliver(reply);
    loop.run_some();
    BOOST_TEST(loop.came.size() == 1U); // nothing goes back
    std::string received(4'096, '\0');
    boost::system::error_code error;
    received.resize(loop.client.read_some(boost::asio::buffer(received), error));
    BOOST_TEST(received.find(R"([{"channel":"/foo","data":1},)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_sends_ahead_and_goes_is_lost)
{
    LoopUnderTest loop({far_away, far_away, far_away, far_away});
    std::string const poll = R"({"channel":"/meta/connect"})";
    boost::asio::write(loop.client,
        boost::asio::buffer("POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                            std::to_string(poll.size()) + "\r\n\r\n" + poll + "POST /co"));
    loop.client.shutdown(tcp::socket::shutdown_send);
    loop.run_until([&] { return loop.came.size() == 2; });
    BOOST_TEST(std::holds_alternative<Loss>(loop.came[1]));
}

BOOST_AUTO_TEST_SUITE_END()
