#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

/// A reply to /meta/subscribe or /meta/unsubscribe with this `subscription`, as JSON.
Answer ask(FakeClient& client, std::string_view channel, std::string_view subscription)
{
    return client.exchange(
        client.message(channel, std::string(R"("subscription":)").append(subscription)));
}

std::unique_ptr<ScriptedPolicy> refusing(std::string_view create, std::string_view subscribe)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->create = [create](std::string_view channel, Pending) {
        return channel == create ? Decision::deny() : Decision::allow();
    };
    policy->subscribe = [subscribe](std::string_view channel, Pending) {
        return channel == subscribe ? Decision::deny() : Decision::allow();
    };
    return policy;
}

} // namespace

// --- Subscribe (wire-behaviour 6.2)

BOOST_AUTO_TEST_CASE(a_subscription_is_answered_with_its_channel_and_nothing_more)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(
        client.subscribe("/foo/").text ==
        R"([{"channel":"/meta/subscribe","id":"2","subscription":"/foo/","successful":true}])");
}

BOOST_AUTO_TEST_CASE(several_channels_are_answered_with_one_reply_that_echoes_them)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(ask(client, "/meta/subscribe", R"(["/a", "/b","/c/*"])").text ==
               R"([{"channel":"/meta/subscribe","id":"2","subscription":["/a", "/b","/c/*"],)"
               R"("successful":true}])");
    FakeClient publisher(world);
    for (auto const* const channel : {"/a", "/b", "/c/d", "/d"})
        publisher.publish(channel, "1");
    auto const received = client.poll();
    BOOST_TEST(received.count("/a") == 1U);
    BOOST_TEST(received.count("/b") == 1U);
    BOOST_TEST(received.count("/c/d") == 1U);
    BOOST_TEST(received.count("/d") == 0U);
}

BOOST_AUTO_TEST_CASE(a_subscription_that_is_absent_or_null_is_missing)
{
    FakeWorld world;
    FakeClient client(world);
    for (auto const* const channel : {"/meta/subscribe", "/meta/unsubscribe"}) {
        BOOST_TEST(client.exchange(client.message(channel)).error() == "403::subscription_missing");
        BOOST_TEST(ask(client, channel, "null").error() == "403::subscription_missing");
    }
}

BOOST_AUTO_TEST_CASE(a_subscription_that_names_no_channel_is_invalid_and_echoed)
{
    FakeWorld world;
    FakeClient client(world);
    for (auto const* const subscription :
        {"5", "{}", "true", R"("")", R"("/")", R"("foo")", R"("/foo%")", R"("/foo//bar")",
            R"("/foo/*/bar")", R"("/foo/**/bar")", "[5]", R"([["/a"]])", R"(["/a",null])"}) {
        for (auto const* const channel : {"/meta/subscribe", "/meta/unsubscribe"}) {
            auto const answer = ask(client, channel, subscription);
            BOOST_TEST(answer.error() == "403::subscription_invalid", subscription);
            BOOST_TEST(answer.text.find(subscription) != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(one_bad_name_among_several_leaves_all_of_them_unsubscribed)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(ask(client, "/meta/subscribe", R"(["/a","/b%","/c"])").text ==
               R"([{"channel":"/meta/subscribe","id":"2","subscription":["/a","/b%","/c"],)"
               R"("successful":false,"error":"403::subscription_invalid"}])");
    BOOST_TEST(world.context().session(client.id())->subscriptions().empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_the_work_and_what_came_before_stands)
{
    FakeWorld world({}, refusing("", "/b"));
    FakeClient client(world);
    BOOST_TEST(ask(client, "/meta/subscribe", R"(["/a","/b","/c"])").error() ==
               "403:denied_by_security_policy:subscribe_denied");
    BOOST_TEST((world.context().session(client.id())->subscriptions() ==
                std::vector<std::string_view>{"/a"}));
}

BOOST_AUTO_TEST_CASE(a_channel_that_may_not_be_created_cannot_be_subscribed_to)
{
    FakeWorld world({}, refusing("/nocreate/x", ""));
    FakeClient client(world);
    BOOST_TEST(
        client.subscribe("/nocreate/x").error() == "403:denied_by_security_policy:create_denied");
    world.context().channel("/nocreate/x"); // when it exists nobody is asked
    BOOST_TEST(client.subscribe("/nocreate/x").error().empty());
}

BOOST_AUTO_TEST_CASE(an_empty_array_is_a_success)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(ask(client, "/meta/subscribe", "[]").text ==
               R"([{"channel":"/meta/subscribe","id":"2","subscription":[],"successful":true}])");
    BOOST_TEST(ask(client, "/meta/unsubscribe", "[]").error().empty());
}

BOOST_AUTO_TEST_CASE(subscribing_again_succeeds_and_nobody_is_told)
{
    FakeWorld world;
    FakeClient client(world);
    Recorder recorder;
    world.engine().add_listener(recorder);
    client.subscribe("/foo");
    BOOST_TEST(client.subscribe("/foo").error().empty());
    BOOST_TEST(client.subscribe("/foo/").error().empty()); // the same channel
    BOOST_TEST(
        (recorder.lines == std::vector<std::string>{"channel added /foo", "subscribed /foo"}));
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(client.poll().count("/foo") == 1U);
}

BOOST_AUTO_TEST_CASE(subscribing_to_a_service_channel_succeeds_and_registers_nobody)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.subscribe("/service/x").error().empty());
    BOOST_TEST(client.subscribe("/service/**").error().empty());
    BOOST_TEST(world.context().session(client.id())->subscriptions().empty());
    BOOST_TEST(world.context().channel("/service/x").subscriber_count() == 0U);
    FakeClient(world).publish("/service/x", "1");
    BOOST_TEST(client.poll().count("/service/x") == 0U);
}

BOOST_AUTO_TEST_CASE(meta_channels_cannot_be_subscribed_to)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.subscribe("/meta/connect").error() ==
               "403:denied_by_security_policy:subscribe_denied");
    for (auto const* const channel : {"/meta/*", "/meta/**", "/meta/bogus"})
        BOOST_TEST(
            client.subscribe(channel).error() == "403:denied_by_security_policy:create_denied",
            channel);
}

BOOST_AUTO_TEST_CASE(a_message_between_subscribe_and_its_reply_comes_before_the_reply)
{
    FakeWorld world;
    FakeClient client(world);
    Recorder recorder;
    recorder.on_session = [&](Session&, std::string const& line) {
        if (line == "subscribed /foo")
            world.context().publish("/foo", "welcome");
    };
    world.engine().add_listener(recorder);
    BOOST_TEST(
        client.subscribe("/foo").text ==
        R"([{"channel":"/foo","data":"welcome"},)"
        R"({"channel":"/meta/subscribe","id":"2","subscription":"/foo","successful":true}])");
}

// --- Unsubscribe (wire-behaviour 6.3)

BOOST_AUTO_TEST_CASE(unsubscribing_is_answered_like_subscribing_and_ends_the_messages)
{
    FakeWorld world;
    FakeClient client(world);
    Recorder recorder;
    client.subscribe("/foo");
    world.engine().add_listener(recorder);
    BOOST_TEST(
        client.unsubscribe("/foo").text ==
        R"([{"channel":"/meta/unsubscribe","id":"3","subscription":"/foo","successful":true}])");
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(client.poll().count("/foo") == 0U);
    BOOST_TEST(recorder.lines.front() == "unsubscribed /foo");
}

BOOST_AUTO_TEST_CASE(messages_that_wait_outlive_the_subscription)
{
    FakeWorld world;
    FakeClient client(world);
    client.subscribe("/foo");
    FakeClient(world).publish("/foo", "1");
    BOOST_TEST(client.unsubscribe("/foo").text ==
               R"([{"channel":"/foo","data":1},{"channel":"/meta/unsubscribe","id":"3",)"
               R"("subscription":"/foo","successful":true}])");
}

BOOST_AUTO_TEST_CASE(unsubscribing_from_an_unknown_channel_is_channel_missing)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.unsubscribe("/unknown").error() == "400::channel_missing");
    BOOST_TEST(client.unsubscribe("/service/unknown").error() == "400::channel_missing");
}

BOOST_AUTO_TEST_CASE(unsubscribing_without_a_subscription_succeeds_when_the_channel_is_known)
{
    FakeWorld world;
    FakeClient client(world);
    world.context().channel("/foo");
    world.context().channel("/service/x");
    BOOST_TEST(client.unsubscribe("/foo").error().empty());
    BOOST_TEST(client.unsubscribe("/service/x").error().empty());
}

BOOST_AUTO_TEST_CASE(unsubscribing_from_a_meta_channel_fails)
{
    FakeWorld world;
    FakeClient client(world);
    BOOST_TEST(client.unsubscribe("/meta/connect").error() == "403::unsubscribe_failed");
}

BOOST_AUTO_TEST_CASE(unsubscribing_stops_at_the_first_failure)
{
    FakeWorld world;
    FakeClient client(world);
    ask(client, "/meta/subscribe", R"(["/a","/b"])");
    BOOST_TEST(ask(client, "/meta/unsubscribe", R"(["/a","/unknown","/b"])").error() ==
               "400::channel_missing");
    BOOST_TEST((world.context().session(client.id())->subscriptions() ==
                std::vector<std::string_view>{"/b"}));
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_whether_a_client_may_unsubscribe)
{
    auto policy = refusing("", "/foo");
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    world.context().channel("/foo").add_authorizer(
        [](Operation, std::string_view, Session const&, Message const&) {
            return Authorization::deny("never");
        });
    BOOST_TEST(client.unsubscribe("/foo").error().empty());
}

// --- The lists on both sides

BOOST_AUTO_TEST_CASE(subscriptions_end_in_any_order_without_touching_the_others)
{
    FakeWorld world;
    std::vector<std::unique_ptr<FakeClient>> clients;
    std::vector<std::string> const channels{"/a", "/b", "/c", "/d"};
    for (int i = 0; i < 4; ++i) {
        clients.push_back(std::make_unique<FakeClient>(world));
        for (auto const& channel : channels)
            clients.back()->subscribe(channel);
    }
    clients[1]->unsubscribe("/a");
    clients[0]->unsubscribe("/d");
    clients[3]->unsubscribe("/b");
    clients[2]->disconnect();
    clients[1]->unsubscribe("/c");
    FakeClient publisher(world);
    for (auto const& channel : channels)
        publisher.publish(channel, "1");
    auto const received = [&](std::size_t client) {
        auto const answer = clients[client]->poll();
        std::string names;
        for (auto const& channel : channels)
            names += answer.count(channel) == 1 ? channel.substr(1) : "";
        return names;
    };
    BOOST_TEST(received(0) == "abc");
    BOOST_TEST(received(1) == "bd");
    BOOST_TEST(received(3) == "acd");
    BOOST_TEST(world.context().channel("/a").subscriber_count() == 2U);
}

BOOST_AUTO_TEST_CASE(a_request_that_repeats_a_subscription_endlessly_takes_reasonable_time)
{
    // Looking through ten thousand subscriptions for each of these would take very long.
    FakeWorld world;
    FakeClient client(world);
    std::string all = "[";
    for (int i = 0; i < 10'000; ++i)
        all.append(R"("/c/)").append(std::to_string(i)).append(R"(",)");
    BOOST_TEST(ask(client, "/meta/subscribe", all + "]").error().empty());
    std::string last = "[";
    for (int i = 0; i < 200'000; ++i)
        last += R"("/c/9999",)";
    BOOST_TEST(ask(client, "/meta/subscribe", last + "]").error().empty());
    BOOST_TEST(world.context().session(client.id())->subscriptions().size() == 10'000U);
}
