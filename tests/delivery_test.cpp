#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// --- To whom (wire-behaviour 5.4, 6.1)

BOOST_AUTO_TEST_CASE(wildcards_match_one_or_all_levels_below_them)
{
    FakeWorld world;
    FakeClient publisher(world);
    struct Case {
        char const* subscription;
        char const* channel;
        std::size_t received;
    };
    for (auto const& [subscription, channel, received] :
        {Case{"/a/*", "/a/b", 1}, Case{"/a/*", "/a/b/c", 0}, Case{"/a/*", "/a", 0},
            Case{"/a/**", "/a/b", 1}, Case{"/a/**", "/a/b/c/d", 1}, Case{"/a/**", "/a", 0},
            Case{"/a/**", "/ab/c", 0}, Case{"/**", "/a", 1}, Case{"/**", "/a/b/c", 1},
            Case{"/*", "/a", 1}, Case{"/*", "/a/b", 0}, Case{"/a", "/a/", 1}, Case{"/a/", "/a", 1},
            Case{"/a/b*", "/a/bc", 0}, Case{"/a/b*", "/a/b*", 1}, Case{"/A", "/a", 0}}) {
        FakeClient subscriber(world);
        subscriber.subscribe(subscription);
        publisher.publish(channel, "1");
        BOOST_TEST(
            subscriber.poll().count(channel) == received, subscription << " for " << channel);
        subscriber.disconnect();
    }
}

BOOST_AUTO_TEST_CASE(a_session_gets_a_message_once_however_many_subscriptions_match)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    for (auto const* const channel : {"/**", "/a/**", "/a/*", "/a/b"})
        bob.subscribe(channel);
    alice.publish("/a/b", "1");
    alice.publish("/a/b", "2");
    BOOST_TEST(bob.poll().data("/a/b") == (boost::json::array{1, 2}));
}

BOOST_AUTO_TEST_CASE(service_and_meta_messages_are_delivered_to_nobody)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/**");
    alice.publish("/service/x", "1");
    alice.publish("/meta/ping", "1");
    BOOST_TEST(bob.poll().body.size() == 1U);
}

BOOST_AUTO_TEST_CASE(subscribers_come_in_the_order_from_the_widest_channel_to_the_exact_one)
{
    FakeWorld world;
    std::string order;
    std::vector<std::unique_ptr<FakeClient>> clients;
    for (auto const* const channel : {"/a/b", "/a/*", "/**", "/a/**"}) {
        auto& client = *clients.emplace_back(std::make_unique<FakeClient>(world));
        client.subscribe(channel);
        auto extension = std::make_shared<ScriptedExtension>();
        extension->on_delivering = [&order, channel](Session&, FrozenMessage&) {
            order.append(channel).append(" ");
            return Extension::Verdict::keep;
        };
        world.context().session(client.id())->add_extension(extension);
    }
    FakeClient(world).publish("/a/b", "1");
    BOOST_TEST(order == "/** /a/** /a/* /a/b ");
}

BOOST_AUTO_TEST_CASE(all_subscribers_share_the_bytes_of_a_message)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    alice.subscribe("/foo");
    bob.subscribe("/foo");
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(alice.poll().reply.messages.at(0) == bob.poll().reply.messages.at(0));
}

BOOST_AUTO_TEST_CASE(a_wildcard_subscription_made_after_the_channel_was_used_matches_from_then_on)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    alice.publish("/a/b", "1");
    bob.subscribe("/a/*");
    alice.publish("/a/b", "2");
    bob.unsubscribe("/a/*");
    alice.publish("/a/b", "3");
    bob.subscribe("/**");
    alice.publish("/a/b", "4");
    auto const waiting = bob.poll().data("/a/b");
    BOOST_TEST(waiting == boost::json::array{4}); // "2" came with the reply to the unsubscribe
}

// --- Own publishes (wire-behaviour 5.2)

BOOST_AUTO_TEST_CASE(a_publisher_gets_its_own_message_with_the_reply_and_its_connect_stays_held)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    auto const connect = client.connect();
    BOOST_TEST(client.publish("/foo", "1").text ==
               R"([{"channel":"/foo","data":1},{"channel":"/foo","id":"4","successful":true}])");
    BOOST_TEST(!world.answer(connect).has_value());
}

BOOST_AUTO_TEST_CASE(a_publisher_can_be_left_out)
{
    EngineOptions options;
    options.broadcast_to_publisher = false;
    FakeWorld world(options);
    FakeClient alice(world);
    FakeClient bob(world);
    alice.subscribe("/foo");
    bob.subscribe("/foo");
    BOOST_TEST(alice.publish("/foo", "1").body.size() == 1U);
    BOOST_TEST(bob.poll().count("/foo") == 1U);
    world.context().publish("/foo", 2); // of nobody's own
    world.pass(0ms);
    BOOST_TEST(alice.poll().count("/foo") == 1U);
}

// --- Which answers take messages along (wire-behaviour 4.5, 5.1)

BOOST_AUTO_TEST_CASE(a_publisher_can_be_left_out_by_channel_and_by_session)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    client.subscribe("/foo/**");
    client.subscribe("/foo/bar");
    world.context().channel("/foo").set_broadcast_to_publisher(false);
    BOOST_TEST(client.publish("/foo", "1").data("/foo").empty());
    world.context().channel("/foo/bar").set_broadcast_to_publisher(false);
    BOOST_TEST(client.publish("/foo/bar", "2").data("/foo/bar").size() == 1U); // by /foo/**
    world.context().session(client.id())->set_broadcast_to_publisher(false);
    BOOST_TEST(client.publish("/foo/bar", "3").data("/foo/bar").empty());
}

BOOST_AUTO_TEST_CASE(a_session_can_be_given_its_messages_by_connects_alone)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    world.context().session(client.id())->set_meta_connect_deliver_only(true);
    BOOST_TEST(client.publish("/foo", "1").data("/foo").empty());
    BOOST_TEST(client.poll().data("/foo").size() == 1U);
}

BOOST_AUTO_TEST_CASE(every_answer_takes_waiting_messages_along)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    alice.publish("/foo", "1");
    BOOST_TEST(
        bob.subscribe("/bar").text ==
        R"([{"channel":"/foo","data":1},)"
        R"({"channel":"/meta/subscribe","id":"3","subscription":"/bar","successful":true}])");
    alice.publish("/foo", "2");
    BOOST_TEST(bob.publish("/bad%", "0").data("/foo") == boost::json::array{2});
    BOOST_TEST(bob.poll().count("/foo") == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_session_takes_nothing_along)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    alice.publish("/foo", "1");
    BOOST_TEST(world.exchange(bob.message("/bar")).body.size() == 1U); // without its cookie
    BOOST_TEST(bob.poll().count("/foo") == 1U);
}

BOOST_AUTO_TEST_CASE(with_meta_connect_deliver_only_no_other_answer_takes_messages_along)
{
    EngineOptions options;
    options.meta_connect_deliver_only = true;
    FakeWorld world(options);
    FakeClient client(world);
    client.subscribe("/foo");
    BOOST_TEST(
        client.publish("/foo", "1").text == R"([{"channel":"/foo","id":"3","successful":true}])");
    BOOST_TEST(client.subscribe("/bar").body.size() == 1U);
    BOOST_TEST(client.poll().data("/foo") == boost::json::array{1});
}

BOOST_AUTO_TEST_CASE(with_meta_connect_deliver_only_an_own_publish_wakes_the_held_connect)
{
    EngineOptions options;
    options.meta_connect_deliver_only = true;
    FakeWorld world(options);
    FakeClient client(world);
    client.subscribe("/foo");
    auto const connect = client.connect();
    BOOST_TEST(client.publish("/foo", "1").body.size() == 1U);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/foo","data":1},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
}

// --- Order

BOOST_AUTO_TEST_CASE(messages_of_one_publisher_keep_their_order_over_all_ways_they_take)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    bob.subscribe("/foo");
    boost::json::array received;
    auto const take = [&](Answer const& answer) {
        auto const data = answer.data("/foo");
        received.insert(received.end(), data.begin(), data.end());
    };
    boost::json::array expected;
    std::optional<Origin> held;
    for (int i = 0; i < 40; ++i) {
        if (!held && i % 4 == 0)
            held = bob.connect();
        alice.publish("/foo", std::to_string(i));
        expected.emplace_back(i);
        if (held)
            if (auto const answer = world.answer(*held)) {
                take(*answer);
                held.reset();
            }
        if (i % 7 == 0)
            take(bob.publish("/other", "0"));
    }
    take(bob.poll());
    BOOST_TEST(received == expected);
}

BOOST_AUTO_TEST_CASE(a_message_for_one_session_alone_needs_no_subscription)
{
    FakeWorld world;
    FakeClient alice(world);
    FakeClient bob(world);
    alice.subscribe("/private");
    auto const connect = bob.connect();
    auto& session = *world.context().session(bob.id());
    session.deliver("/private", {{"n", 1}});
    session.deliver_json("/private", R"({ "n" : 1e400 })", "17");
    world.pass(0ms);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/private","data":{"n":1}},)"
               R"({"channel":"/private","data":{ "n" : 1e400 },"id":"17"},)"
               R"({"channel":"/meta/connect","id":"2","successful":true}])");
    BOOST_TEST(alice.poll().count("/private") == 0U);
}
