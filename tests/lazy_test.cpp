#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

using boost::json::array;

/// /lazy is lazy, /eager is not; one session reads both.
struct Fixture {
    Fixture()
    {
        world.context().channel("/lazy").set_lazy();
        reader.subscribe("/lazy");
        reader.subscribe("/eager");
        poll = reader.connect();
    }
    void publish(std::string_view channel, std::string_view data)
    {
        FakeClient(world).publish(channel, data);
    }

    FakeWorld world;
    FakeClient reader{world};
    Origin poll;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lazy, Fixture)

BOOST_AUTO_TEST_CASE(a_lazy_message_does_not_wake_a_held_connect)
{
    publish("/lazy", "1");
    BOOST_TEST(!world.answer(poll));
    world.pass(4999ms);
    BOOST_TEST(!world.answer(poll));
    world.pass(1ms); // max_lazy_timeout
    BOOST_TEST(world.answered(poll).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(a_message_that_is_not_lazy_takes_the_lazy_ones_along_in_order)
{
    publish("/lazy", "1");
    publish("/lazy", "2");
    publish("/eager", "3");
    auto const answer = world.answered(poll);
    BOOST_TEST(answer.data("/lazy") == (array{1, 2}));
    BOOST_TEST(answer.text.find("/lazy") < answer.text.find("/eager"));
}

BOOST_AUTO_TEST_CASE(the_time_runs_from_the_first_lazy_message)
{
    publish("/lazy", "1");
    world.pass(3s);
    publish("/lazy", "2");
    world.pass(2s);
    BOOST_TEST(world.answered(poll).data("/lazy") == (array{1, 2}));
}

BOOST_AUTO_TEST_CASE(the_time_begins_anew_after_a_delivery)
{
    publish("/lazy", "1");
    world.pass(4s);
    publish("/eager", "2");
    world.answered(poll);
    poll = reader.connect();
    world.pass(2s); // 1 would have been due
    publish("/lazy", "3");
    world.pass(4s);
    BOOST_TEST(!world.answer(poll));
    world.pass(1s);
    BOOST_TEST(world.answered(poll).data("/lazy") == array{3});
}

BOOST_AUTO_TEST_CASE(the_end_of_the_hold_brings_lazy_messages)
{
    world.pass(27s);
    publish("/lazy", "1");
    world.pass(3s);
    BOOST_TEST(world.answered(poll).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(any_other_answer_brings_lazy_messages)
{
    publish("/lazy", "1");
    BOOST_TEST(reader.publish("/somewhere", "0").data("/lazy") == array{1});
    BOOST_TEST(!world.answer(poll));
    world.pass(6s);
    BOOST_TEST(!world.answer(poll)); // nothing is left that could be due
}

BOOST_AUTO_TEST_CASE(a_connect_is_held_although_lazy_messages_wait)
{
    publish("/eager", "0");
    world.answered(poll);
    publish("/lazy", "1");
    poll = reader.connect();
    BOOST_TEST(!world.answer(poll));
    world.pass(5s);
    BOOST_TEST(world.answered(poll).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(a_connect_is_answered_at_once_when_lazy_messages_have_waited_enough)
{
    publish("/eager", "0");
    world.answered(poll);
    publish("/lazy", "1");
    world.pass(6s);
    BOOST_TEST(world.answered(reader.connect()).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(a_channel_may_have_its_own_timeout)
{
    world.context().channel("/lazy").set_lazy(500ms);
    publish("/lazy", "1");
    world.pass(499ms);
    BOOST_TEST(!world.answer(poll));
    world.pass(1ms);
    BOOST_TEST(world.answered(poll).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(the_earliest_deadline_wins)
{
    world.context().channel("/soon").set_lazy(100ms);
    reader.subscribe("/soon");
    publish("/lazy", "1");
    publish("/soon", "2");
    publish("/lazy", "3");
    world.pass(100ms);
    BOOST_TEST(world.answered(poll).data("/lazy") == (array{1, 3}));
}

BOOST_AUTO_TEST_CASE(a_wild_channel_makes_what_it_matches_lazy)
{
    world.context().channel("/stock/**").set_lazy(200ms);
    reader.subscribe("/stock/a/b");
    publish("/stock/a/b", "1");
    BOOST_TEST(!world.answer(poll));
    world.pass(200ms);
    BOOST_TEST(world.answered(poll).data("/stock/a/b") == array{1});
}

BOOST_AUTO_TEST_CASE(a_listener_makes_a_message_lazy)
{
    world.context().channel("/eager").add_listener("test", [](Incoming& in) {
        in.message.set_lazy(in.message.data() == 1);
        return Decision::allow();
    });
    publish("/eager", "1");
    BOOST_TEST(!world.answer(poll));
    publish("/eager", "2");
    BOOST_TEST(world.answered(poll).data("/eager") == (array{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_channel_becomes_prompt_again)
{
    auto& channel = world.context().channel("/lazy");
    channel.set_lazy(200ms);
    channel.set_prompt();
    BOOST_TEST(!channel.lazy());
    publish("/lazy", "1");
    BOOST_TEST(world.answered(poll).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(channels_are_lazy_by_option)
{
    EngineOptions options;
    options.lazy_channels = {{"/chart/*", std::nullopt}, {"/tick", 50ms}};
    options.max_lazy_timeout = 1s;
    FakeWorld told(options);
    FakeClient slow(told);
    slow.subscribe("/chart/*");
    slow.subscribe("/tick");
    told.pass(5s); // the channels stay although nobody used them
    auto held = slow.connect();
    FakeClient(told).publish("/chart/1", "1");
    told.pass(999ms);
    BOOST_TEST(!told.answer(held));
    told.pass(1ms);
    BOOST_TEST(told.answered(held).data("/chart/1") == array{1});
    held = slow.connect();
    FakeClient(told).publish("/tick", "2");
    BOOST_TEST(!told.answer(held));
    told.pass(50ms);
    BOOST_TEST(told.answered(held).data("/tick") == array{2});
}

BOOST_AUTO_TEST_CASE(no_lazy_timeout_at_all_is_no_laziness)
{
    EngineOptions options;
    options.max_lazy_timeout = 0ms;
    options.lazy_channels = {{"/tick", std::nullopt}};
    FakeWorld told(options);
    FakeClient quick(told);
    quick.subscribe("/tick");
    auto const held = quick.connect();
    FakeClient(told).publish("/tick", "1");
    BOOST_TEST(told.answered(held).data("/tick") == array{1});
}

BOOST_AUTO_TEST_CASE(a_socket_gets_lazy_messages_when_their_time_has_come)
{
    auto const socket = world.open_socket();
    world.send_on(socket, reader.message("/meta/connect"));
    publish("/lazy", "1");
    BOOST_TEST(!world.answer(socket));
    world.pass(5s);
    auto const pushed = world.answered(socket);
    BOOST_TEST(pushed.data("/lazy") == array{1});
    BOOST_TEST(pushed.count("/meta/connect") == 0);
    publish("/lazy", "2");
    publish("/eager", "3");
    BOOST_TEST(world.answered(socket).data("/lazy") == array{2});
}

BOOST_AUTO_TEST_CASE(what_a_service_sends_to_one_session_is_never_lazy)
{
    world.context().session(reader.id())->deliver("/lazy", 1);
    world.pass(0s);
    BOOST_TEST(world.answered(poll).data("/lazy") == array{1});
}

BOOST_AUTO_TEST_CASE(lazy_messages_do_not_keep_a_session_alive)
{
    world.pass(30s);
    world.answered(poll);
    world.pass(8s);
    publish("/lazy", "1");
    world.pass(3s);
    BOOST_TEST(world.engine().statistics().sessions_expired >= 1);
    BOOST_TEST((world.context().session(reader.id()) == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
