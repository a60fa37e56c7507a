#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// The life of a channel (wire-behaviour 6.4): it goes when it has been idle for three sweep
// periods.

namespace {

constexpr Duration grace = 3 * 997ms;

EngineOptions long_holds()
{
    EngineOptions options;
    options.timeout = 1h;
    return options;
}

struct Fixture {
    FakeWorld world{long_holds()};
    Recorder recorder;
    FakeClient client{world};
    Fixture() { world.engine().add_listener(recorder); }

    /// Lets time pass and keeps the client alive.
    void pass(Duration time)
    {
        auto const connect = client.connect();
        world.pass(time);
        world.lose(connect);
    }
    std::size_t told(std::string const& line) const
    {
        return static_cast<std::size_t>(
            std::count(recorder.lines.begin(), recorder.lines.end(), line));
    }
    void goes_after(std::string const& channel, Duration time)
    {
        pass(time - 1ms);
        BOOST_TEST(told("channel removed " + channel) == 0U);
        pass(1ms);
        BOOST_TEST(told("channel removed " + channel) == 1U);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_channel_is_initialised_once_and_before_listeners_hear_of_it, Fixture)
{
    std::string lines;
    auto const initialise = [&](Channel& channel) {
        BOOST_TEST(told("channel added /foo") == 0U);
        lines += channel.name();
        channel.set_persistent();
    };
    auto& made = world.context().channel("/foo", initialise);
    BOOST_TEST(&world.context().channel("/foo/", initialise) == &made);
    BOOST_TEST(lines == "/foo");
    BOOST_TEST(told("channel added /foo") == 1U);
    pass(2 * grace);
    BOOST_TEST(told("channel removed /foo") == 0U);

    client.publish("/bar", "1");
    world.context().channel("/bar", initialise);
    BOOST_TEST(lines == "/foo");
}

BOOST_FIXTURE_TEST_CASE(a_channel_whose_initialiser_throws_is_not_made, Fixture)
{
    BOOST_CHECK_THROW(
        world.context().channel("/foo/*", [](Channel&) { throw std::runtime_error("cannot"); }),
        std::runtime_error);
    BOOST_TEST(told("channel added /foo/*") == 0U);
    pass(2 * grace);
    BOOST_TEST(world.context().channel("/foo/*").subscriber_count() == 0U);
    BOOST_TEST(told("channel added /foo/*") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_was_only_published_to_goes_when_idle, Fixture)
{
    client.publish("/foo", "1");
    BOOST_TEST(told("channel added /foo") == 1U);
    goes_after("/foo", grace);
    client.publish("/foo", "1");
    BOOST_TEST(told("channel added /foo") == 2U);
}

BOOST_FIXTURE_TEST_CASE(use_keeps_a_channel_alive, Fixture)
{
    client.publish("/foo", "1");
    for (int i = 0; i < 5; ++i) {
        pass(grace - 1ms);
        client.publish("/foo", "1");
    }
    world.context().publish("/foo", 1);
    pass(1s);
    client.unsubscribe("/foo");
    goes_after("/foo", grace);
}

BOOST_FIXTURE_TEST_CASE(a_channel_stays_while_it_has_subscribers, Fixture)
{
    client.subscribe("/foo");
    pass(1min);
    BOOST_TEST(told("channel removed /foo") == 0U);
    client.unsubscribe("/foo");
    goes_after("/foo", grace);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_its_last_subscriber_counts_as_use, Fixture)
{
    FakeClient other(world);
    other.subscribe("/foo");
    pass(2s);
    other.disconnect();
    goes_after("/foo", grace);
}

BOOST_FIXTURE_TEST_CASE(a_channel_with_a_listener_an_authorizer_or_set_persistent_stays, Fixture)
{
    world.context().channel("/listened").add_listener("test", seeing([](auto&&...) {}));
    world.context().channel("/authorized").add_authorizer([](auto&&...) {
        return Authorization::grant();
    });
    world.context().channel("/persistent").set_persistent();
    world.context().channel("/idle");
    pass(1min);
    BOOST_TEST(told("channel removed /listened") == 0U);
    BOOST_TEST(told("channel removed /authorized") == 0U);
    BOOST_TEST(told("channel removed /persistent") == 0U);
    BOOST_TEST(told("channel removed /idle") == 1U);
}

BOOST_FIXTURE_TEST_CASE(idle_service_channels_go_and_meta_channels_stay, Fixture)
{
    auto const meta = world.engine().statistics().channels;
    client.publish("/service/nobody", "1");
    goes_after("/service/nobody", grace);
    BOOST_TEST(world.engine().statistics().channels == meta);
}

BOOST_FIXTURE_TEST_CASE(listeners_and_authorizers_are_added_before_anybody_sees_a_channel, Fixture)
{
    struct Gate : Listener {
        void channel_added(Channel& channel) override
        {
            channel.add_authorizer(
                [](Operation operation, std::string_view, Session const&, Message const&) {
                    return operation == Operation::publish ? Authorization::deny("closed")
                                                           : Authorization::grant();
                });
        }
    } gate;
    world.engine().add_listener(gate);
    BOOST_TEST(client.publish("/foo", "1").on("/foo").at("error").as_string() ==
               "403:closed:publish_denied");
}

BOOST_FIXTURE_TEST_CASE(a_swept_wild_channel_no_longer_matches, Fixture)
{
    client.subscribe("/a/*");
    FakeClient(world).publish("/a/b", "1");
    client.unsubscribe("/a/*");
    FakeClient publisher(world);
    for (int i = 0; i < 4; ++i) { // /a/b is used, /a/* is not
        publisher.publish("/a/b", "2");
        pass(1s);
    }
    BOOST_TEST(told("channel removed /a/*") == 1U);
    BOOST_TEST(told("channel removed /a/b") == 0U);
    client.subscribe("/a/*");
    publisher.publish("/a/b", "3");
    BOOST_TEST(client.poll().data("/a/b") == boost::json::array{3});
}
