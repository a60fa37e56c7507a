#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

// wire-behaviour 8

namespace {

std::string name_of(Operation operation)
{
    switch (operation) {
    case Operation::create:
        return "create";
    case Operation::subscribe:
        return "subscribe";
    case Operation::publish:
        return "publish";
    }
    return "?";
}

Authorizer granting(std::vector<Operation> operations)
{
    return [operations](Operation operation, std::string_view, Session const&, Message const&) {
        bool const granted =
            std::find(operations.begin(), operations.end(), operation) != operations.end();
        return granted ? Authorization::grant() : Authorization::ignore();
    };
}

Authorizer always(Authorization word)
{
    return [word](Operation, std::string_view, Session const&, Message const&) { return word; };
}

struct Fixture {
    FakeWorld world;
    FakeClient client{world};
    Channel& channel(std::string_view name) { return world.context().channel(name); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(without_authorizers_everything_is_granted, Fixture)
{
    BOOST_TEST(client.subscribe("/foo").error().empty());
    BOOST_TEST(client.publish("/foo", "1").error().empty());
}

BOOST_FIXTURE_TEST_CASE(where_there_are_authorizers_one_must_grant, Fixture)
{
    channel("/**").add_authorizer(always(Authorization::ignore()));
    channel("/r/*").add_authorizer(granting({Operation::create, Operation::publish}));
    BOOST_TEST(client.subscribe("/r/1").error() == "403:denied_by_not_granting:subscribe_denied");
    BOOST_TEST(client.publish("/r/1", "1").error().empty());
    BOOST_TEST(
        client.publish("/q", "1").error() == "403:denied_by_not_granting:channel_create_denied");
    BOOST_TEST(client.subscribe("/q").error() == "403:denied_by_not_granting:create_denied");
    channel("/q");
    BOOST_TEST(client.publish("/q", "1").error() == "403:denied_by_not_granting:publish_denied");
}

BOOST_FIXTURE_TEST_CASE(one_denial_outweighs_every_grant_and_gives_its_reason, Fixture)
{
    channel("/**").add_authorizer(always(Authorization::grant()));
    channel("/a").add_authorizer(always(Authorization::deny("not_today")));
    channel("/a").add_authorizer(always(Authorization::grant()));
    BOOST_TEST(client.subscribe("/a").error() == "403:not_today:subscribe_denied");
    BOOST_TEST(client.publish("/a", "1").error() == "403:not_today:publish_denied");
}

BOOST_FIXTURE_TEST_CASE(authorizers_are_asked_from_the_widest_channel_on_until_one_denies, Fixture)
{
    std::string asked;
    auto const noting = [&](std::string const& name, Authorization word) {
        return [&asked, name, word](Operation operation, std::string_view target, Session const&,
                   Message const& message) {
            asked += name + ' ' + name_of(operation) + ' ';
            asked.append(target).append(" by ").append(message.channel()).append("; ");
            return word;
        };
    };
    channel("/a/b").add_authorizer(noting("exact", Authorization::deny("no")));
    channel("/a/b").add_authorizer(noting("never", Authorization::grant()));
    channel("/a/*").add_authorizer(noting("one1", Authorization::grant()));
    channel("/a/*").add_authorizer(noting("one2", Authorization::ignore()));
    channel("/**").add_authorizer(noting("all", Authorization::ignore()));
    channel("/x").add_authorizer(noting("other", Authorization::grant()));
    client.subscribe("/a/b");
    BOOST_TEST(asked == "all subscribe /a/b by /meta/subscribe; one1 subscribe /a/b by "
                        "/meta/subscribe; one2 subscribe /a/b by /meta/subscribe; exact subscribe "
                        "/a/b by /meta/subscribe; ");
}

BOOST_FIXTURE_TEST_CASE(creating_needs_a_grant_of_its_own, Fixture)
{
    channel("/a/*").add_authorizer(granting({Operation::subscribe, Operation::publish}));
    BOOST_TEST(client.subscribe("/a/b").error() == "403:denied_by_not_granting:create_denied");
    BOOST_TEST(
        client.publish("/a/b", "1").error() == "403:denied_by_not_granting:channel_create_denied");
    channel("/a/b");
    BOOST_TEST(client.subscribe("/a/b").error().empty());
    BOOST_TEST(client.publish("/a/b", "1").error().empty());
}

BOOST_FIXTURE_TEST_CASE(service_channels_are_authorized_like_others, Fixture)
{
    channel("/service/members").add_authorizer(granting({Operation::publish}));
    BOOST_TEST(client.subscribe("/service/members").error() ==
               "403:denied_by_not_granting:subscribe_denied");
    BOOST_TEST(client.publish("/service/members", "1").error().empty());
}

BOOST_FIXTURE_TEST_CASE(meta_channels_ask_no_authorizer, Fixture)
{
    channel("/**").add_authorizer(always(Authorization::deny("never")));
    channel("/meta/connect").add_authorizer(always(Authorization::deny("never")));
    BOOST_TEST(client.poll().error().empty());
    BOOST_TEST(client.disconnect().error().empty());
}

BOOST_FIXTURE_TEST_CASE(the_server_publishes_past_authorizers, Fixture)
{
    client.subscribe("/foo");
    channel("/foo").add_authorizer(always(Authorization::deny("never")));
    world.context().publish("/foo", 1);
    world.pass(Duration(0));
    BOOST_TEST(client.poll().count("/foo") == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_authorizer_that_throws_refuses, Fixture)
{
    channel("/foo").add_authorizer(
        [](Operation, std::string_view, Session const&, Message const&) -> Authorization {
            throw std::runtime_error("broken");
        });
    BOOST_TEST(client.publish("/foo", "1").error() == "403:denied_by_not_granting:publish_denied");
    BOOST_TEST(world.logged("authorizer on /foo: broken") == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_authorizer_may_add_others, Fixture)
{
    bool added = false;
    channel("/foo").add_authorizer([&](auto&&...) {
        for (int i = 0; !added && i < 100; ++i)
            channel("/foo").add_authorizer(always(Authorization::grant()));
        added = true;
        return Authorization::ignore();
    });
    BOOST_TEST(client.publish("/foo", "1").error().empty());
}

// --- The policy

BOOST_AUTO_TEST_CASE(the_policy_is_asked_first_and_its_refusal_ends_it)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->publish = [](std::string_view, Pending) { return Decision::deny("quota"); };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    int asked = 0;
    world.context().channel("/foo").add_authorizer([&](auto&&...) {
        ++asked;
        return Authorization::grant();
    });
    BOOST_TEST(client.publish("/foo", "1").error() == "403:quota:publish_denied");
    BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(creating_by_publishing_asks_for_both_and_an_existing_channel_for_one)
{
    std::string asked;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->create = [&](std::string_view channel, Pending) {
        asked.append("create ").append(channel).append("; ");
        return Decision::allow();
    };
    policy->publish = [&](std::string_view channel, Pending) {
        asked.append("publish ").append(channel).append("; ");
        return Decision::allow();
    };
    policy->subscribe = [&](std::string_view channel, Pending) {
        asked.append("subscribe ").append(channel).append("; ");
        return Decision::allow();
    };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    client.publish("/foo/", "1");
    client.publish("/foo", "1");
    client.subscribe("/bar/");
    client.subscribe("/bar");
    BOOST_TEST(asked == "create /foo; publish /foo; publish /foo; "
                        "create /bar; subscribe /bar; subscribe /bar; ");
}

BOOST_AUTO_TEST_CASE(a_policy_that_throws_refuses)
{
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->publish = [](std::string_view, Pending) -> Decision {
        throw std::runtime_error("broken");
    };
    FakeWorld world({}, std::move(policy));
    FakeClient client(world);
    BOOST_TEST(
        client.publish("/foo", "1").error() == "403:denied_by_security_policy:publish_denied");
    BOOST_TEST(world.logged("security policy on /foo: broken") == 1U);
}
