#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;
using boost::json::array;
using boost::json::object;

// What services can ask and do (features of CometD's sections 3 to 9)

namespace {

constexpr Attribute<std::string> user_name{"test.user"};
constexpr Attribute<int> visits{"test.visits"};

struct Fixture {
    FakeWorld world;
    FakeClient client{world};

    ServiceContext& context() { return world.context(); }
    Session& session() { return *context().session(client.id()); }
};

/// Remembers what it is told.
class Rooms : public BayeuxService {
public:
    explicit Rooms(ServiceContext& context) : BayeuxService(context, "rooms")
    {
        on("/room/{id}", &Rooms::say);
        on("/room/{id}/door", [this](Incoming& in) {
            said += "door of " + in.parameters.at("id") + ' ';
            return Decision::allow();
        });
        on("/checked", [](Session&, Message const& message) { Fields(message).text("user"); });
        on_subscribed("/room/{id}", &Rooms::enter);
        on_unsubscribed("/room/**",
            [this](Session&, Channel& channel) { said += "left " + channel.name() + ' '; });
        on_call("rooms/{id}", [](RemoteCall call) { call.result(call.parameters().at("id")); });
        on_call("checked",
            [](Session&, Message const& message) { return Fields(message).integer("n"); });
        on_call("forgetful", [](RemoteCall const&) {});
        on_call("slow", [this](RemoteCall call) { kept.push_back(std::move(call)); });
    }

    std::string said;
    std::vector<RemoteCall> kept;

private:
    void say(Session&, Message const&, Parameters const& parameters)
    {
        said += "said in " + parameters.at("id") + ' ';
    }
    void enter(Session&, Channel&, Parameters const& parameters)
    {
        said += "entered " + parameters.at("id") + ' ';
    }
};

struct RoomsFixture : Fixture {
    Rooms& rooms = world.install<Rooms>();
};

} // namespace

// --- Handlers

BOOST_FIXTURE_TEST_CASE(a_handler_gets_the_parameters_of_its_template, RoomsFixture)
{
    client.publish("/room/7", "1");
    client.publish("/room/7/door", "1");
    client.publish("/room/7/window", "1");
    BOOST_TEST(rooms.said == "said in 7 door of 7 ");
}

BOOST_FIXTURE_TEST_CASE(subscriptions_are_watched_by_template_and_wildcard, RoomsFixture)
{
    client.subscribe("/room/7");
    client.subscribe("/hall");
    client.unsubscribe("/room/7");
    client.subscribe("/room/8/door");
    client.disconnect();
    BOOST_TEST(rooms.said == "entered 7 left /room/7 left /room/8/door ");
}

BOOST_FIXTURE_TEST_CASE(a_bad_message_is_refused_with_what_is_wrong, RoomsFixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/checked");
    auto const answer = client.publish("/checked", "{}");
    BOOST_TEST(answer.error() == "400::data.user must be text");
    BOOST_TEST(client.publish("/checked", R"({"user":"ada"})").error().empty());
    BOOST_TEST(subscriber.received("/checked") == (array{object{{"user", "ada"}}}));
    BOOST_TEST(world.logged("service rooms on /checked: refused: data.user must be text") == 1U);
    BOOST_TEST(world.engine().statistics().bad_messages == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_service_that_is_to_decide_and_throws_refuses, Fixture)
{
    struct Broken : BayeuxService {
        explicit Broken(ServiceContext& service_context) : BayeuxService(service_context, "broken")
        {
            on("/a", [](Incoming&) -> Decision { throw std::runtime_error("no luck"); });
        }
    };
    world.install<Broken>();
    BOOST_TEST(client.publish("/a", "1").error() == "404::message_deleted");
    BOOST_TEST(world.logged("service broken on /a: no luck") == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_no_client_could_read_fails_in_the_service_that_sends_it, Fixture)
{
    struct Garbled : BayeuxService {
        explicit Garbled(ServiceContext& service_context)
            : BayeuxService(service_context, "garbled")
        {
            on("/deliver", [](Session& from, Message const&) { from.deliver("/x", "\xff"); });
            on("/json", [](Session& from, Message const&) { from.deliver_json("/x", "{"); });
            on("/publish", [this](Session&, Message const&) {
                context().publish("/x", object{{"\xff", 1}});
            });
            on("/bad", [](Session&, Message const&) { throw BadMessage("\xff"); });
            on_call("result", [](Session&, Message const&) { return std::string("\xff"); });
            on_call("failure", [](RemoteCall const&) { throw CallFailure("\xff"); });
            on_call("bad", [](RemoteCall const&) { throw BadMessage("\xff"); });
        }
    };
    world.install<Garbled>();
    client.subscribe("/x");
    for (auto const* channel : {"/deliver", "/json", "/publish"}) {
        BOOST_TEST(client.publish(channel, "1").error().empty(), channel);
        BOOST_TEST(world.logged(std::string("service garbled on ") + channel) == 1U, channel);
    }
    BOOST_TEST(client.received("/x").empty());
    BOOST_TEST(client.publish("/bad", "1").error() == "400::\xef\xbf\xbd");
    auto const told = [&](std::string const& channel) {
        return client.publish(channel, "1").on(channel).at("data");
    };
    BOOST_TEST(told("/service/result") == "service failed");
    BOOST_TEST(told("/service/failure") == "no answer");
    BOOST_TEST(told("/service/bad") == "\xef\xbf\xbd");
    BOOST_TEST(world.engine().statistics().handler_failures == 5U);
}

BOOST_FIXTURE_TEST_CASE(what_is_null_is_refused_at_once, Fixture)
{
    BOOST_CHECK_THROW(context().set_security_policy(nullptr), std::invalid_argument);
    BOOST_CHECK_THROW(context().add_extension(nullptr), std::invalid_argument);
    BOOST_CHECK_THROW(context().channel("/a").add_listener("x", nullptr), std::invalid_argument);
    BOOST_CHECK_THROW(context().channel("/a").add_authorizer(nullptr), std::invalid_argument);
}

BOOST_FIXTURE_TEST_CASE(a_call_may_have_parameters_in_its_name, RoomsFixture)
{
    BOOST_TEST(client.publish("/service/rooms/7", "1").on("/service/rooms/7").at("data") == "7");
}

BOOST_FIXTURE_TEST_CASE(a_bad_call_fails_with_what_is_wrong, RoomsFixture)
{
    auto const answer = client.publish("/service/checked", R"({"n":"x"})");
    auto const& failure = answer.on("/service/checked");
    BOOST_TEST(failure.at("data") == "data.n must be a whole number");
    BOOST_TEST(answer.error().empty()); // it is the call that has failed
    BOOST_TEST(world.engine().statistics().bad_messages == 1U);
    BOOST_TEST(!failure.at("successful").as_bool());
    BOOST_TEST(
        client.publish("/service/checked", R"({"n":3})").on("/service/checked").at("data") == 3);
}

BOOST_FIXTURE_TEST_CASE(a_call_that_is_forgotten_fails, RoomsFixture)
{
    auto const answer = client.publish("/service/forgetful", "1");
    BOOST_TEST(answer.on("/service/forgetful").at("data") == "no answer");
    BOOST_TEST(!answer.on("/service/forgetful").at("successful").as_bool());
}

BOOST_FIXTURE_TEST_CASE(a_call_that_takes_too_long_fails, RoomsFixture)
{
    BOOST_TEST(client.publish("/service/slow", "1").body.size() == 1U);
    for (int second = 0; second < 29; ++second) {
        BOOST_TEST(client.received("/service/slow").empty());
        world.pass(1s);
    }
    world.pass(1s);
    BOOST_TEST(client.received("/service/slow") == array{"no answer in time"});
    BOOST_TEST(world.logged("service rooms on /service/slow: no answer in time") == 1U);
    rooms.kept.front().result("too late");
    BOOST_TEST(client.poll().count("/service/slow") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_call_that_is_answered_in_time_does_not_fail_later, RoomsFixture)
{
    client.publish("/service/slow", "1");
    rooms.kept.front().result("done");
    BOOST_TEST(client.received("/service/slow") == array{"done"});
    world.pass(31s);
    BOOST_TEST(world.logged("no answer in time") == 0U);
}

BOOST_FIXTURE_TEST_CASE(
    a_listener_added_while_a_message_waits_sees_it_once_and_shifts_nobody, Fixture)
{
    std::string called;
    auto const noting = [&](char const* name) {
        return seeing([&called, name](Session*, Channel&, Message&) { called += name; });
    };
    Pending asked;
    context().channel("/a").add_listener("first", noting("1"));
    context().channel("/a").add_listener("slow", [&](Incoming& in) {
        asked = in.pending;
        called += "?";
        return Decision::later();
    });
    context().channel("/a").add_listener("last", noting("3"));
    auto const origin = client.send(client.message("/a"));
    context().channel("/**").add_listener("late", noting("w"));
    world.resolve(asked, Decision::allow());
    BOOST_TEST(called == "1?w3");
    BOOST_TEST(world.answered(origin).error().empty());
}

// --- Sessions

BOOST_FIXTURE_TEST_CASE(attributes_are_kept_by_type_and_name_until_the_session_ends, Fixture)
{
    BOOST_TEST(session().attributes().get(user_name) == nullptr);
    session().attributes().set(user_name, "ada");
    ++session().attributes().get_or_make(visits);
    ++session().attributes().get_or_make(visits);
    BOOST_TEST(*session().attributes().get(user_name) == "ada");
    BOOST_TEST(*session().attributes().get(visits) == 2);
    BOOST_TEST(session().attributes().names().size() == 2U);
    BOOST_TEST(*std::as_const(session()).attributes().get(user_name) == "ada");
    FakeClient other(world);
    BOOST_TEST(std::as_const(*context().session(other.id())).attributes().names().empty());
    constexpr Attribute<int> wrong_type{"test.user"};
    BOOST_CHECK_THROW(session().attributes().get(wrong_type), std::bad_any_cast);
    session().attributes().remove(user_name);
    BOOST_TEST(session().attributes().get(user_name) == nullptr);
    context().channel("/a").attributes().set(visits, 7);
    BOOST_TEST(*context().channel("/a").attributes().get(visits) == 7);
}

BOOST_FIXTURE_TEST_CASE(the_server_may_subscribe_and_unsubscribe_a_session, Fixture)
{
    Recorder recorder;
    context().add_listener(recorder);
    session().subscribe("/news");
    context().publish("/news", 1);
    BOOST_TEST(client.received("/news") == array{1});
    session().unsubscribe("/news");
    context().publish("/news", 2);
    BOOST_TEST(client.received("/news") == array{});
    BOOST_TEST(recorder.lines == (std::vector<std::string>{"channel added /news",
                                     "subscribed /news", "unsubscribed /news"}),
        boost::test_tools::per_element());
    for (auto const* bad : {"news", "/meta/connect", "/service/x", "/a//b"})
        BOOST_CHECK_THROW(session().subscribe(bad), std::invalid_argument);
}

BOOST_FIXTURE_TEST_CASE(a_session_tells_its_times_transport_and_queue, Fixture)
{
    BOOST_TEST((session().timeout() == 30s));
    BOOST_TEST((session().interval() == 0s));
    BOOST_TEST((session().max_interval() == 10s));
    BOOST_TEST((session().transport() == Transport::long_polling));
    session().deliver("/a", 1);
    world.pass(0ms);
    BOOST_TEST(session().queue_size() == 1U);
    session().set_timeout(5s);
    BOOST_TEST((session().timeout() == 5s));
    BOOST_TEST(context().sessions().size() == 1U);
    BOOST_TEST(context().sessions().front() == &session());
    auto const socket = world.open_socket();
    world.send_on(socket, client.message("/meta/connect"));
    BOOST_TEST((session().transport() == Transport::websocket));
}

BOOST_FIXTURE_TEST_CASE(a_session_may_be_given_another_grace, Fixture)
{
    session().set_max_interval(60s);
    client.poll();
    world.pass(59s);
    BOOST_TEST(context().session(client.id()) != nullptr);
    world.pass(2s);
    BOOST_TEST(context().session(client.id()) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(listeners_are_told_by_which_message, Fixture)
{
    struct Listening : Listener {
        void subscribed(Session&, Channel&, Message const* message) override { note(message); }
        void unsubscribed(Session&, Channel&, Message const* message) override { note(message); }
        void session_removed(Session&, Removal, Message const* message) override { note(message); }
        void note(Message const* message)
        {
            told += message != nullptr ? std::string(message->channel()) + ' ' : "none ";
        }
        std::string told;
    } listening;
    context().add_listener(listening);
    client.subscribe("/a");
    client.unsubscribe("/a");
    client.subscribe("/a");
    client.disconnect();
    FakeClient silent(world);
    world.pass(1min);
    BOOST_TEST(listening.told == "/meta/subscribe /meta/unsubscribe /meta/subscribe "
                                 "/meta/disconnect none none ");
}

BOOST_FIXTURE_TEST_CASE(attributes_stay_in_their_place, Fixture)
{
    auto& kept = session().attributes().set(visits, 7);
    for (auto const* const name : {"test.a", "test.b", "test.c", "test.d"})
        session().attributes().set(Attribute<int>{name}, 0);
    BOOST_TEST(&kept == session().attributes().get(visits));
}

// --- Channels

BOOST_FIXTURE_TEST_CASE(a_removed_channel_takes_its_subscriptions_along, Fixture)
{
    client.subscribe("/a");
    FakeClient other(world);
    other.subscribe("/a");
    Recorder recorder;
    context().add_listener(recorder);
    auto& channel = context().channel("/a");
    BOOST_TEST(channel.subscribers().size() == 2U);
    channel.remove();
    world.pass(0ms);
    BOOST_TEST(context().find_channel("/a") == nullptr);
    BOOST_TEST(session().subscriptions().empty());
    BOOST_TEST(recorder.lines == (std::vector<std::string>{
                                     "unsubscribed /a", "unsubscribed /a", "channel removed /a"}),
        boost::test_tools::per_element());
    world.pass(10s); // nothing of it is left to be swept
    BOOST_CHECK_THROW(context().channel("/meta/connect").remove(), std::invalid_argument);
}

BOOST_FIXTURE_TEST_CASE(channels_are_found_and_listed, Fixture)
{
    auto const before = context().channels().size(); // the meta channels
    BOOST_TEST(context().find_channel("/a") == nullptr);
    context().channel("/a").set_persistent();
    BOOST_TEST(context().find_channel("/a/")->persistent());
    BOOST_TEST(context().channels().size() == before + 1);
}

BOOST_FIXTURE_TEST_CASE(the_server_may_publish_in_the_name_of_a_session, Fixture)
{
    FakeClient other(world);
    client.subscribe("/a");
    other.subscribe("/a");
    session().set_broadcast_to_publisher(false);
    std::string from;
    context().channel("/a").add_listener(
        "test", seeing([&](Session* sender, Channel&, Message&) { from = sender->id(); }));
    context().publish(Message::make("/a", "1"), session());
    BOOST_TEST(client.received("/a") == array{});
    BOOST_TEST(other.received("/a") == array{1});
    BOOST_TEST(from == client.id());
}

BOOST_FIXTURE_TEST_CASE(grants_open_a_closed_server_channel_by_channel, Fixture)
{
    context().channel("/**").add_authorizer(grant({}));
    context().channel("/open/*").add_authorizer(grant({Operation::create, Operation::subscribe}));
    BOOST_TEST(client.subscribe("/open/1").error().empty());
    BOOST_TEST(
        client.publish("/open/1", "1").error() == "403:denied_by_not_granting:publish_denied");
    BOOST_TEST(client.subscribe("/closed").error() == "403:denied_by_not_granting:create_denied");
}

BOOST_FIXTURE_TEST_CASE(the_security_policy_may_be_a_services, Fixture)
{
    auto policy = std::make_shared<ScriptedPolicy>();
    policy->publish = [](std::string_view, Pending) { return Decision::deny("quota"); };
    context().set_security_policy(policy);
    BOOST_TEST(client.publish("/a", "1").error() == "403:quota:publish_denied");
    BOOST_CHECK_THROW(context().set_security_policy(policy), std::logic_error);
}

BOOST_FIXTURE_TEST_CASE(the_request_is_known_while_its_message_is_handled, Fixture)
{
    std::string peers;
    auto const note = [&](Session*, Channel&, Message&) {
        auto const* const request = context().request();
        peers += request != nullptr ? request->peer + ' ' : "none ";
    };
    context().channel("/a").add_listener("test", seeing(note));
    client.publish("/a", "1");
    context().publish("/a", 2);
    world.pass(0ms);
    BOOST_TEST(peers == "192.0.2.1:1 local ");
    BOOST_TEST(context().request() == nullptr);
}

// --- DeliveryListener

namespace {

struct Following : DeliveryListener {
    void queued(Session&, FrozenMessage const& message) override
    {
        told += "queued " + message->channel + ' ';
    }
    void dequeuing(Session&, std::vector<FrozenMessage>& messages) override
    {
        told += "dequeuing " + std::to_string(messages.size()) + ' ';
        std::map<std::string, FrozenMessage> latest;
        for (auto const& message : messages)
            latest[message->channel] = message;
        messages.clear();
        for (auto const& [channel, message] : latest)
            messages.push_back(message);
    }
    void held(Session&, Duration timeout) override
    {
        told += "held " + std::to_string(timeout.count()) + ' ';
    }
    void resumed(Session&, bool timed_out) override { told += timed_out ? "late " : "early "; }
    void batch_sent(Session&, std::int64_t batch) override
    {
        told += "sent " + std::to_string(batch) + ' ';
    }
    void batch_acknowledged(Session&, std::int64_t batch) override
    {
        told += "acknowledged " + std::to_string(batch) + ' ';
    }
    std::string told;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_leaves_the_queue_may_be_reduced_to_the_latest, Fixture)
{
    Following following;
    context().add_delivery_listener(following);
    for (auto const* channel : {"/a", "/b", "/a"})
        session().deliver(channel, 1);
    session().deliver("/a", 2);
    auto const answer = client.poll();
    BOOST_TEST(answer.data("/a") == array{2});
    BOOST_TEST(answer.data("/b") == array{1});
    BOOST_TEST(following.told == "queued /a queued /b queued /a queued /a dequeuing 4 ");
}

BOOST_FIXTURE_TEST_CASE(holds_are_told_with_their_ends, Fixture)
{
    Following following;
    context().add_delivery_listener(following);
    auto const first = client.connect();
    world.pass(30s);
    (void)world.answered(first);
    auto const second = client.connect();
    session().deliver("/a", 1);
    world.pass(0ms);
    (void)world.answered(second);
    BOOST_TEST(following.told == "held 30000 late held 30000 queued /a early dequeuing 1 ");
}

BOOST_AUTO_TEST_CASE(batches_of_the_ack_extension_are_told)
{
    FakeWorld world;
    Following following;
    world.context().add_delivery_listener(following);
    auto const handshake =
        world.exchange(R"({"channel":"/meta/handshake","ext":{"ack":true}})").on("/meta/handshake");
    auto const connect = [&](std::string const& ext) {
        world.exchange(R"({"channel":"/meta/connect","advice":{"timeout":0},"clientId":")" +
                       std::string(handshake.at("clientId").as_string()) + R"(","ext":)" + ext +
                       "}");
    };
    connect(R"({"ack":-1})");
    connect(R"({"ack":1})");
    BOOST_TEST(following.told == "acknowledged -1 sent 1 acknowledged 1 sent 2 ");
}

// --- The end

BOOST_AUTO_TEST_CASE(what_services_keep_with_the_engine_may_go_with_it)
{
    constexpr Attribute<std::vector<RemoteCall>> calls{"test.calls"};
    constexpr Attribute<std::shared_ptr<Timer>> timer{"test.timer"};
    struct Timed : Extension {
        Timer timer;
    };
    FakeWorld world; // its end is the test, with AddressSanitizer
    auto& context = world.context();
    FakeClient ada(world);
    FakeClient bob(world);
    for (auto* const session : context.sessions()) {
        RemoteCall const call(context, *session, Message::make("/service/x", "1"), {});
        call.caller()->attributes().get_or_make(calls).push_back(call);
        context.channel("/a").attributes().get_or_make(calls).push_back(call);
        session->attributes().set(timer, std::make_shared<Timer>(context.after(1s, [] {})));
    }
    auto const extension = std::make_shared<Timed>();
    extension->timer = context.every(10s, [] {});
    context.add_extension(extension);
}

BOOST_AUTO_TEST_CASE(work_that_was_not_done_may_hold_a_call)
{
    FakeWorld world;
    auto& context = world.context();
    FakeClient ada(world);
    RemoteCall call(context, *context.session(ada.id()), Message::make("/service/x", "1"), {});
    context.in_background(
        [call] { return 1; }, [call](int result) mutable { call.result(result); });
}

BOOST_FIXTURE_TEST_CASE(calls_that_are_dropped_from_an_endless_exchange_fail, Fixture)
{
    auto const local = context().local_session("echo");
    std::function<void(RemoteCall)> again = [&](RemoteCall call) {
        local->publish("/a", 1, [&again, call](MessageReply const&) { again(call); });
    };
    again(RemoteCall(context(), session(), Message::make("/service/x", "1"), {}));
    world.pass(0ms);
    BOOST_TEST(world.logged("services keep answering themselves") == 1U);
    BOOST_TEST(client.received("/service/x") == array{"no answer"});
}
