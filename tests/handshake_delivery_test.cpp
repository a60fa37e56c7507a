#include "bayeux/testing/fake_world.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

using boost::json::array;

/// Greets each new session twice.
struct Greeter : Listener {
    void session_added(Session& session, Message const&) override
    {
        session.deliver("/hello", 1);
        session.deliver("/hello", 2);
    }
};

struct Fixture {
    Fixture() { world.context().add_listener(greeter); }
    static EngineOptions options()
    {
        EngineOptions options;
        options.allow_message_delivery_during_handshake = true;
        return options;
    }

    Greeter greeter;
    FakeWorld world{options()};
};

} // namespace

BOOST_AUTO_TEST_SUITE(handshake_delivery)

BOOST_FIXTURE_TEST_CASE(messages_follow_the_reply_which_says_how_many, Fixture)
{
    auto const answer = world.exchange(R"({"channel":"/meta/handshake"})");
    BOOST_TEST(answer.body.at(0).at("channel").as_string() == "/meta/handshake");
    BOOST_TEST(answer.on("/meta/handshake").at("x-messages").as_int64() == 2);
    BOOST_TEST(answer.data("/hello") == (array{1, 2}));
}

BOOST_FIXTURE_TEST_CASE(they_belong_to_the_first_batch_of_a_client_that_acknowledges, Fixture)
{
    auto const answer = world.exchange(R"({"channel":"/meta/handshake","ext":{"ack":true}})");
    auto const& reply = answer.on("/meta/handshake");
    BOOST_TEST(boost::json::serialize(reply.at("ext")) == R"({"ack":{"enabled":true,"batch":1}})");
    auto const connect = [&](int batch) {
        return world.send(R"({"channel":"/meta/connect","clientId":")" +
                          std::string(reply.at("clientId").as_string()) + R"(","ext":{"ack":)" +
                          std::to_string(batch) + "}}");
    };
    BOOST_TEST(world.answered(connect(0)).data("/hello") == (array{1, 2})); // it was lost
    BOOST_TEST(!world.answer(connect(2)));
}

BOOST_FIXTURE_TEST_CASE(a_socket_gets_them_behind_the_reply, Fixture)
{
    auto const socket = world.open_socket();
    world.send_on(socket, R"({"channel":"/meta/handshake"})");
    BOOST_TEST(world.answered(socket).data("/hello") == (array{1, 2}));
}

BOOST_AUTO_TEST_CASE(without_the_option_they_wait_for_the_connect)
{
    Greeter greeter;
    FakeWorld world;
    world.context().add_listener(greeter);
    auto const answer = world.exchange(R"({"channel":"/meta/handshake"})");
    auto const& reply = answer.on("/meta/handshake");
    BOOST_TEST(!reply.contains("x-messages"));
    BOOST_TEST(answer.body.size() == 1U);
    auto const connected = world.exchange(R"({"channel":"/meta/connect","clientId":")" +
                                          std::string(reply.at("clientId").as_string()) + "\"}");
    BOOST_TEST(connected.data("/hello") == (array{1, 2}));
}

BOOST_AUTO_TEST_CASE(max_interval_is_told_to_clients_by_option_alone)
{
    auto const advice = [](bool told) {
        EngineOptions options;
        options.handshake_reconnect = told;
        FakeWorld world(options);
        auto const answer = world.exchange(R"({"channel":"/meta/handshake"})");
        return boost::json::serialize(answer.on("/meta/handshake").at("advice"));
    };
    BOOST_TEST(advice(true) ==
               R"({"reconnect":"retry","interval":0,"timeout":30000,"maxInterval":10000})");
    BOOST_TEST(advice(false) == R"({"reconnect":"retry","interval":0,"timeout":30000})");
}

BOOST_AUTO_TEST_CASE(a_sessions_own_max_interval_is_told_to_its_client)
{
    EngineOptions options;
    options.handshake_reconnect = true;
    FakeWorld world(options);
    FakeClient client(world);
    world.context().session(client.id())->set_max_interval(60s);
    auto const answer = client.poll();
    BOOST_TEST(answer.on("/meta/connect").at("advice").at("maxInterval") == 60'000);
}

BOOST_AUTO_TEST_SUITE_END()
