#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

using boost::json::array;

struct Fixture {
    FakeWorld world;
    FakeClient client{world};
    Origin socket = world.open_socket();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(transport_change, Fixture)

BOOST_AUTO_TEST_CASE(the_first_connect_over_another_transport_is_advised)
{
    world.send_on(socket, client.message("/meta/connect", R"("advice":{"timeout":0})"));
    BOOST_TEST(world.answered(socket).on("/meta/connect").contains("advice"));
    auto poll = client.connect(); // back over long-polling, without advice of its own
    world.pass(30s);
    BOOST_TEST(world.answered(poll).on("/meta/connect").contains("advice"));
    poll = client.connect();
    world.pass(30s);
    BOOST_TEST(!world.answered(poll).on("/meta/connect").contains("advice"));
}

BOOST_AUTO_TEST_CASE(a_connect_on_a_socket_takes_the_place_of_a_held_poll)
{
    client.subscribe("/a");
    auto const poll = client.connect();
    world.send_on(socket, client.message("/meta/connect"));
    BOOST_TEST(world.answered(poll).status == 500);
    FakeClient(world).publish("/a", "1");
    BOOST_TEST(world.answered(socket).data("/a") == array{1});
}

BOOST_AUTO_TEST_CASE(a_poll_takes_the_place_of_a_connect_held_on_a_socket)
{
    client.subscribe("/a");
    world.send_on(socket, client.message("/meta/connect"));
    auto const poll = client.connect();
    BOOST_TEST(!world.answer(socket));
    FakeClient(world).publish("/a", "1");
    BOOST_TEST(world.answered(poll).data("/a") == array{1});
    BOOST_TEST(!world.answer(socket));
}

BOOST_AUTO_TEST_CASE(a_session_made_on_a_socket_goes_on_over_long_polling)
{
    world.send_on(socket, R"({"channel":"/meta/handshake"})");
    std::string const id =
        world.answered(socket).on("/meta/handshake").at("clientId").as_string().c_str();
    auto const answer = world.exchange(R"({"channel":"/meta/connect","clientId":")" + id + "\"}");
    BOOST_TEST(answer.error() == "");
}

BOOST_AUTO_TEST_CASE(a_message_while_moving_is_neither_lost_nor_doubled)
{
    client.subscribe("/a");
    FakeClient writer(world);
    world.send_on(socket, client.message("/meta/connect"));
    writer.publish("/a", "1");
    BOOST_TEST(world.answered(socket).data("/a") == array{1});
    world.lose(socket);
    writer.publish("/a", "2");
    auto const poll = client.connect();
    BOOST_TEST(world.answered(poll).data("/a") == array{2});
    auto const other = world.open_socket();
    world.send_on(other, client.message("/meta/connect"));
    BOOST_TEST(!world.answer(other));
    writer.publish("/a", "3");
    BOOST_TEST(world.answered(other).data("/a") == array{3});
}

BOOST_AUTO_TEST_SUITE_END()
