#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

/// An engine and sockets: what the engine sends on one, in order, as text.
struct Sockets {
    explicit Sockets(EngineOptions options = {})
        : engine(std::move(options), [n = std::uint64_t{0}]() mutable { return ++n; })
    {}

    std::vector<std::string> send(Origin socket, std::string body)
    {
        Request request;
        request.transport = Transport::websocket;
        Outbox out;
        engine.receive(
            socket, std::move(request), std::get<Batch>(parse_batch(std::move(body))), now, out);
        return take(socket, out);
    }
    std::vector<std::string> pass(Origin socket, Duration duration)
    {
        now += duration;
        Outbox out;
        engine.tick(now, out);
        return take(socket, out);
    }
    std::vector<std::string> take(Origin socket, Outbox const& out)
    {
        for (auto const& reply : out.replies)
            append_body(sent[reply.origin.value].emplace_back(), reply);
        return std::exchange(sent[socket.value], {});
    }
    std::string handshake(Origin socket)
    {
        auto const reply = send(socket, R"({"channel":"/meta/handshake"})").at(0);
        auto const begin = reply.find(R"("clientId":")") + 12;
        return reply.substr(begin, 26);
    }
    std::string session(Origin socket)
    {
        auto id = handshake(socket);
        send(socket, message("/meta/connect", id));
        return id;
    }
    static std::string message(
        std::string const& channel, std::string const& id, std::string const& more = {})
    {
        return R"({"channel":")" + channel + R"(","clientId":")" + id + "\"" + more + "}";
    }

    Engine engine;
    Instant now{1s};
    std::map<std::uint64_t, std::vector<std::string>> sent;
};

constexpr Origin first{1};
constexpr Origin second{2};
std::string const connect_reply = R"([{"channel":"/meta/connect","successful":true}])";

} // namespace

BOOST_AUTO_TEST_CASE(messages_are_pushed_and_the_connect_stays_held)
{
    Sockets world;
    auto const alice = world.session(first);
    auto const bob = world.session(second);
    world.send(second, Sockets::message("/meta/subscribe", bob, R"(,"subscription":"/a")"));
    BOOST_TEST(world.send(second, Sockets::message("/meta/connect", bob)).empty());
    world.send(first, Sockets::message("/a", alice, R"(,"data":1)"));
    BOOST_TEST(
        world.pass(second, 0ms) == std::vector<std::string>{R"([{"channel":"/a","data":1}])"},
        boost::test_tools::per_element());
    BOOST_TEST(
        world.pass(second, 30s) == std::vector{connect_reply}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_connect_among_others_is_held_and_the_others_are_answered)
{
    Sockets world;
    auto const id = world.session(first);
    auto const sent =
        world.send(first, "[" + Sockets::message("/meta/connect", id) + "," +
                              Sockets::message("/service/x", id, R"(,"id":"7")") + "]");
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0] == R"([{"channel":"/service/x","id":"7","successful":true}])");
    BOOST_TEST(world.engine.statistics().held_connects == 1U);
}

BOOST_AUTO_TEST_CASE(a_superseded_connect_is_never_answered)
{
    Sockets world;
    auto const id = world.session(first);
    world.send(first, Sockets::message("/meta/connect", id, R"(,"id":"1")"));
    BOOST_TEST(world.send(first, Sockets::message("/meta/connect", id, R"(,"id":"2")")).empty());
    auto const sent = world.pass(first, 30s);
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0] == R"([{"channel":"/meta/connect","id":"2","successful":true}])");
}

BOOST_AUTO_TEST_CASE(another_socket_takes_a_session_over_by_its_client_id)
{
    Sockets world;
    auto const alice = world.session(first);
    world.send(first, Sockets::message("/meta/subscribe", alice, R"(,"subscription":"/a")"));
    world.send(first, Sockets::message("/meta/connect", alice));
    BOOST_TEST(world.send(second, Sockets::message("/meta/connect", alice)).empty());
    world.engine.context().publish("/a", 1);
    BOOST_TEST(world.pass(first, 1ms).empty());
    BOOST_TEST(world.sent[second.value].size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_socket_that_must_handshake_itself_takes_no_session_over)
{
    EngineOptions options;
    options.ws_require_handshake_per_connection = true;
    Sockets world(options);
    auto const alice = world.session(first);
    auto const sent = world.send(second, Sockets::message("/service/x", alice));
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0].find("402::session_unknown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_socket_with_a_session_of_its_own_cannot_use_another)
{
    Sockets world;
    auto const alice = world.session(first);
    world.session(second);
    auto const sent = world.send(second, Sockets::message("/service/x", alice));
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0].find("402::session_unknown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_comes_after_the_socket_is_lost_waits_for_the_next_one)
{
    Sockets world;
    auto const id = world.session(first);
    world.send(first, Sockets::message("/meta/subscribe", id, R"(,"subscription":"/a")"));
    world.send(first, Sockets::message("/meta/connect", id));
    Outbox out;
    world.engine.connection_lost(first, world.now, out);
    world.engine.context().publish("/a", 1);
    BOOST_TEST(world.pass(first, 1ms).empty());
    auto const sent = world.send(second, Sockets::message("/meta/connect", id));
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0] == R"([{"channel":"/a","data":1}])");
}

BOOST_AUTO_TEST_CASE(a_second_handshake_on_a_socket_leaves_the_first_session_to_expire)
{
    Sockets world;
    auto const former = world.session(first);
    world.send(first, Sockets::message("/meta/subscribe", former, R"(,"subscription":"/a")"));
    world.send(first, Sockets::message("/meta/connect", former));
    auto const latter = world.session(first);
    world.engine.context().publish("/a", 1);
    BOOST_TEST(world.pass(first, 1ms).empty(), "what is the former's");
    BOOST_TEST(world.engine.statistics().held_connects == 0U);
    BOOST_TEST(world.send(first, Sockets::message("/meta/connect", latter)).empty());
    BOOST_TEST(world.send(second, Sockets::message("/service/x", former))
                   .at(0)
                   .find(R"({"channel":"/a","data":1})") != std::string::npos);
    world.pass(first, 15s);
    BOOST_TEST(world.engine.statistics().sessions == 1U);
}

BOOST_AUTO_TEST_CASE(what_comes_back_undelivered_waits_in_its_order_for_the_next_socket)
{
    Sockets world;
    auto const id = world.session(first);
    world.send(first, Sockets::message("/meta/subscribe", id, R"(,"subscription":"/a")"));
    Outbox pushed;
    for (int n = 1; n <= 2; ++n) {
        world.engine.context().publish("/a", n);
        world.engine.tick(world.now, pushed);
    }
    BOOST_REQUIRE(pushed.replies.size() == 2U);
    Outbox out;
    world.engine.connection_lost(first, world.now, out);
    world.engine.context().publish("/a", 3);
    for (auto& reply : pushed.replies)
        world.engine.undelivered(std::move(reply), world.now, out);
    BOOST_TEST(world.take(first, out).empty(), "never to the lost socket again");
    BOOST_TEST(world.send(second, Sockets::message("/meta/connect", id)) ==
                   std::vector<std::string>{R"([{"channel":"/a","data":1},)"
                                            R"({"channel":"/a","data":2},)"
                                            R"({"channel":"/a","data":3}])"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_session_that_left_a_full_socket_for_long_polling_gets_its_messages)
{
    Sockets world;
    auto const id = world.session(first);
    world.send(first, Sockets::message("/meta/subscribe", id, R"(,"subscription":"/a")"));
    world.engine.link_full(first);
    world.engine.context().publish("/a", 1);
    Outbox out;
    world.engine.connection_lost(first, world.now, out);
    Request long_polling;
    world.engine.receive(second, long_polling,
        std::get<Batch>(parse_batch(Sockets::message("/meta/connect", id))), world.now, out);
    auto const sent = world.take(second, out);
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0].starts_with(R"([{"channel":"/a","data":1},{"channel":"/meta/connect")"));
}

BOOST_AUTO_TEST_CASE(messages_wait_while_the_client_does_not_keep_up)
{
    Sockets world;
    auto const id = world.session(first);
    world.send(first, Sockets::message("/meta/subscribe", id, R"(,"subscription":"/a")"));
    world.engine.link_full(first);
    world.engine.context().publish("/a", 1);
    world.engine.context().publish("/a", 2);
    BOOST_TEST(world.pass(first, 1ms).empty());
    Outbox out;
    world.engine.link_ready(first, world.now, out);
    BOOST_TEST(
        world.take(first, out) ==
            std::vector<std::string>{R"([{"channel":"/a","data":1},{"channel":"/a","data":2}])"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_session_that_the_server_ends_is_told_without_a_held_connect)
{
    Sockets world;
    auto const id = world.session(first);
    world.send(first, Sockets::message("/service/x", id));
    world.engine.context().session(id)->disconnect();
    auto const sent = world.pass(first, 1ms);
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0] == R"([{"channel":"/meta/disconnect","successful":true}])");
}
