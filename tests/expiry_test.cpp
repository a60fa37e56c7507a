#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// When a session expires, to the millisecond (wire-behaviour 9, 4.9). The defaults: interval 0,
// max_interval 10 s, timeout 30 s.

namespace {

/// Lets time pass and checks that the only session expires exactly at its end.
void expires_after(FakeWorld& world, Duration time)
{
    world.pass(time - 1ms);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    world.pass(1ms);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    BOOST_TEST(world.engine().statistics().sessions_expired == 1U);
}

std::string handshaken(FakeWorld& world)
{
    auto const answer = world.exchange(R"({"channel":"/meta/handshake"})");
    return answer.on("/meta/handshake").at("clientId").as_string().c_str();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_session_that_never_connects_expires_after_interval_and_grace)
{
    EngineOptions options;
    options.interval = 500ms;
    FakeWorld world(options);
    handshaken(world);
    expires_after(world, 10'500ms);
}

BOOST_AUTO_TEST_CASE(a_session_expires_when_no_connect_follows_the_last_ones_reply)
{
    FakeWorld world;
    FakeClient client(world);
    client.poll();
    expires_after(world, 10s);
    BOOST_TEST(client.poll().on("/meta/connect").at("error").as_string() == "402::session_unknown");
}

BOOST_AUTO_TEST_CASE(a_held_connect_never_expires)
{
    EngineOptions options;
    options.timeout = 1h;
    FakeWorld world(options);
    FakeClient client(world);
    auto const connect = client.connect();
    world.pass(1h - 1ms);
    BOOST_TEST(world.engine().statistics().sessions == 1U);
    world.pass(1ms);
    BOOST_TEST(world.answer(connect).has_value());
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(the_expiry_starts_when_a_message_ends_the_hold)
{
    FakeWorld world;
    FakeClient client(world);
    client.connect();
    world.pass(7s);
    world.context().session(client.id())->deliver("/foo", 1);
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(a_client_may_announce_that_it_will_sleep)
{
    FakeWorld world;
    FakeClient client(world);
    client.exchange(client.message("/meta/connect", R"("advice":{"timeout":0,"interval":60000})"));
    expires_after(world, 70s);
}

BOOST_AUTO_TEST_CASE(what_a_client_announced_counts_for_that_connect_only)
{
    FakeWorld world;
    FakeClient client(world);
    client.exchange(client.message("/meta/connect", R"("advice":{"timeout":0,"interval":60000})"));
    client.poll();
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(the_announced_interval_counts_after_a_hold_too)
{
    FakeWorld world;
    FakeClient client(world);
    client.connect(R"("advice":{"interval":2000})");
    world.pass(30s);
    expires_after(world, 12s);
}

BOOST_AUTO_TEST_CASE(the_first_connect_stops_the_expiry_that_the_handshake_started)
{
    FakeWorld world;
    auto const id = handshaken(world);
    world.pass(9s);
    world.exchange(R"({"channel":"/meta/connect","clientId":")" + id + R"("})");
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(any_valid_message_pushes_the_expiry_back_by_the_grace)
{
    FakeWorld world;
    FakeClient client(world);
    client.poll();
    for (int i = 0; i < 5; ++i) {
        world.pass(9'999ms);
        client.publish("/foo", "1");
    }
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(a_message_never_brings_the_expiry_nearer)
{
    FakeWorld world;
    FakeClient client(world);
    client.exchange(client.message("/meta/connect", R"("advice":{"timeout":0,"interval":60000})"));
    world.pass(1s);
    client.publish("/foo", "1");
    expires_after(world, 69s);
}

BOOST_AUTO_TEST_CASE(messages_that_are_refused_before_the_session_check_do_not_keep_it_alive)
{
    FakeWorld world;
    FakeClient client(world);
    client.poll();
    world.pass(5s);
    client.publish("bad", "1");
    expires_after(world, 5s);
}

BOOST_AUTO_TEST_CASE(a_message_while_a_connect_is_held_starts_no_expiry)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect();
    world.pass(1s);
    client.publish("/foo", "1");
    world.pass(29s);
    BOOST_TEST(world.answer(connect).has_value());
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(a_newer_connect_starts_the_clock_anew)
{
    FakeWorld world;
    FakeClient client(world);
    client.connect();
    world.pass(20s);
    client.connect();
    world.pass(30s);
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(a_lost_connection_starts_the_expiry_at_once)
{
    FakeWorld world;
    FakeClient client(world);
    auto const connect = client.connect(R"("advice":{"interval":2000})");
    world.pass(3s);
    world.lose(connect);
    expires_after(world, 12s);
}

BOOST_AUTO_TEST_CASE(a_connect_in_company_starts_the_expiry_with_its_batch)
{
    FakeWorld world;
    FakeClient client(world);
    world.pass(5s);
    client.exchange(batch_of({client.message("/meta/connect"), client.message("/foo")}));
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(an_expired_session_is_swept_even_when_the_clock_is_told_late)
{
    FakeWorld world;
    FakeClient client(world);
    Outbox out;
    world.engine().tick(world.now() + 24h, out);
    BOOST_TEST(world.engine().statistics().sessions == 0U);
}

BOOST_AUTO_TEST_CASE(a_message_that_comes_at_the_moment_of_expiry_is_too_late)
{
    FakeWorld world;
    FakeClient client(world);
    client.poll();
    world.pass(9'999ms);
    Outbox out;
    world.engine().receive(Origin{1'000'000},
        Request{.browser_id = client.browser_id(), .peer = {}},
        std::get<Batch>(parse_batch(client.message("/foo"))), world.now() + 1ms, out);
    BOOST_TEST(out.replies.at(0).replies.find("402::session_unknown") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(time_that_runs_backwards_stands_still)
{
    FakeWorld world;
    FakeClient client(world);
    client.poll();
    Outbox out;
    world.engine().tick(world.now() - 5s, out);
    expires_after(world, 10s);
}

BOOST_AUTO_TEST_CASE(an_idle_engine_wants_no_tick)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    client.disconnect();
    world.pass(1h);
    BOOST_TEST(!world.engine().next_deadline().has_value());
}
BOOST_AUTO_TEST_CASE(max_processing_ends_a_silent_session_although_its_connect_is_held)
{
    EngineOptions options;
    options.max_processing = 40s;
    FakeWorld world(options);
    FakeClient client(world);
    auto poll = client.connect();
    world.pass(30s);
    BOOST_TEST(world.answered(poll).ok); // the hold is shorter
    poll = client.connect(R"("advice":{"timeout":100000})");
    world.pass(39s);
    client.publish("/a", "1"); // not silent
    world.pass(39s);
    BOOST_TEST(!world.answer(poll));
    world.pass(1s);
    BOOST_TEST(world.answered(poll).status == 500);
    BOOST_TEST(world.engine().statistics().sessions_expired == 1U);
}

BOOST_AUTO_TEST_CASE(a_session_does_not_expire_while_its_connect_waits_for_a_decision)
{
    FakeWorld world;
    FakeClient client(world);
    Pending asked;
    world.context().channel("/meta/connect").add_listener("test", [&](Incoming& in) {
        asked = in.pending;
        return Decision::later();
    });
    auto const connect = client.connect();
    world.pass(25s); // more than max_interval
    world.resolve(asked, Decision::deny());
    BOOST_TEST(world.answered(connect).error() == "404::message_deleted");
    BOOST_TEST((world.context().session(client.id()) != nullptr));
    world.pass(10s); // and now it does
    BOOST_TEST((world.context().session(client.id()) == nullptr));
}
