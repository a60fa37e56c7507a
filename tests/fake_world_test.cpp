#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// What tests of services rely on.

namespace {

namespace json = boost::json;

class Greeter : public BayeuxService {
public:
    Greeter(ServiceContext& context, std::string greeting)
        : BayeuxService(context, "greeter"), greeting_(std::move(greeting))
    {}
    void greet() { context().publish("/greetings", json::string(greeting_)); }

private:
    std::string greeting_;
};

auto says(std::string const& text)
{
    return [text](Failure const& failure) {
        BOOST_TEST_CONTEXT(failure.what())
        BOOST_TEST(std::string_view(failure.what()).starts_with(text));
        return true;
    };
}

} // namespace

BOOST_AUTO_TEST_SUITE(fake_world)

BOOST_AUTO_TEST_CASE(a_service_is_made_with_its_arguments_and_installed)
{
    FakeWorld world;
    auto& greeter = world.install<Greeter>("hello");
    FakeClient client(world);
    client.subscribe("/greetings");
    greeter.greet();
    BOOST_TEST(client.received("/greetings") == json::array{"hello"});
}

BOOST_AUTO_TEST_CASE(received_has_each_message_once_whatever_it_came_with)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/a");
    client.subscribe("/b");
    client.publish("/a", "1"); // with the reply to the publish
    world.context().publish("/b", 2);
    world.context().publish("/a", 3); // waits in the queue
    BOOST_TEST(client.received("/a") == (json::array{1, 3}));
    auto const connect = client.connect();
    world.context().publish("/a", 4);
    world.pass(0ms); // with the answer to the held connect
    BOOST_TEST(world.answered(connect).data("/a") == json::array{4});
    BOOST_TEST(client.received("/a") == json::array{4});
    BOOST_TEST(client.received("/a") == json::array{});
    BOOST_TEST(client.received("/b") == json::array{2});
}

BOOST_AUTO_TEST_CASE(received_leaves_a_held_connect_alone)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    BOOST_TEST(client.received("/a") == json::array{});
    BOOST_TEST(world.waits(connect));
    world.lose(connect);
    BOOST_TEST(!world.waits(connect));
    client.subscribe("/a");
    world.context().publish("/a", 1);
    BOOST_TEST(client.received("/a") == json::array{1});
}

BOOST_AUTO_TEST_CASE(what_was_handed_back_has_not_been_received)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/a");
    world.context().publish("/a", 1);
    world.undelivered(client.poll());
    BOOST_TEST(client.received("/a") == json::array{1});
}

BOOST_AUTO_TEST_CASE(the_log_is_kept)
{
    FakeWorld world;
    world.context().log(LogLevel::warning, "take care");
    world.context().log(LogLevel::info, "all well");
    world.pass(0ms);
    BOOST_TEST(world.logged("take care") == 1U);
    BOOST_REQUIRE_EQUAL(world.log().size(), 2U);
    BOOST_CHECK(world.log()[0].level == LogLevel::warning);
    BOOST_TEST(world.log()[1].text == "all well");
}

BOOST_AUTO_TEST_CASE(what_does_not_come_is_a_failure_that_says_what_came_instead)
{
    FakeWorld world;
    FakeClient client(world);
    auto const answer = client.publish("/a", "1");
    BOOST_CHECK_EXCEPTION(answer.on("/b"), Failure, says("expected something on /b, got [{\"ch"));
    BOOST_CHECK_EXCEPTION(Answer().error(), Failure, says("expected a reply at the end, got "));
    BOOST_CHECK_EXCEPTION(world.answered(client.connect()), Failure, says("expected an answer"));
    BOOST_CHECK_EXCEPTION(client.exchange(client.message("/meta/connect")), Failure,
        says("expected an answer at once, none has come to {\"channel\":\"/meta/connect\""));
    BOOST_CHECK_EXCEPTION(world.send("{"), Failure, says("expected a message or an array"));
}

BOOST_AUTO_TEST_SUITE_END()
