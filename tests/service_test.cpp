#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Services: handlers, and what they send (Session, ServiceContext)

namespace {

/// Does on its channels what the tests want to see.
class Desk : public BayeuxService {
public:
    explicit Desk(ServiceContext& context) : BayeuxService(context, "desk")
    {
        on("/service/echo", &Desk::echo);
        on("/service/tell", &Desk::tell);
        on("/service/broken", &Desk::broken);
        on("/service/chain", &Desk::start_chain);
        on("/service/again/*", &Desk::note);
        on("/chain", &Desk::never_from_clients);
        on("/filtered/**", &Desk::filter);
        context.channel("/chain").add_listener("desk", [this](Incoming& in) {
            if (in.from == nullptr)
                extend_chain(in.message.data().as_int64());
            return Decision::allow();
        });
    }

    std::string notes;
    std::int64_t chain_limit = 5;
    std::int64_t chain_reached = 0;

private:
    void echo(Session& from, Message const& message)
    {
        from.deliver_json("/service/echo", message.data_text(), message.id());
    }
    /// {"to": id, "data": …}
    void tell(Session&, Message const& message)
    {
        auto const data = message.data();
        if (auto* const to = context().session(data.at("to").as_string()))
            to->deliver("/told", data.at("data"));
    }
    void broken(Session& from, Message const&)
    {
        from.deliver("/service/broken", "before");
        throw std::runtime_error("cannot go on");
    }
    void start_chain(Session& from, Message const&)
    {
        context().publish("/chain", 1);
        from.deliver("/end", "of the handler");
    }
    void extend_chain(std::int64_t n)
    {
        chain_reached = n;
        if (n < chain_limit)
            context().publish("/chain", n + 1);
    }
    void note(Session& from, Message const& message)
    {
        notes.append(message.channel()).append(from.connected() ? " " : "? ");
    }
    void never_from_clients(Session&, Message const&) { notes += "a client on /chain "; }
    Decision filter(Incoming& in)
    {
        if (in.message.data_text() == R"("bad")")
            return Decision::deny();
        in.message.set_data(R"("good")");
        return Decision::allow();
    }
};

struct Fixture {
    FakeWorld world;
    Desk& desk;
    FakeClient client;

    Fixture() : desk(install(world)), client(world) {}

    static Desk& install(FakeWorld& world)
    {
        auto made = std::make_unique<Desk>(world.context());
        auto& desk = *made;
        world.engine().install(std::move(made));
        return desk;
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(what_a_service_sends_its_caller_comes_before_the_reply, Fixture)
{
    BOOST_TEST(client.publish("/service/echo", R"({ "n" : 1.0 })").text ==
               R"([{"channel":"/service/echo","data":{ "n" : 1.0 },"id":"2"},)"
               R"({"channel":"/service/echo","id":"2","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(what_a_service_sends_another_session_wakes_its_held_connect, Fixture)
{
    FakeClient other(world);
    FakeClient third(world);
    auto const connect = other.connect();
    auto const bystander = third.connect();
    auto const body = R"({"to":")" + other.id() + R"(","data":[1]})";
    BOOST_TEST(client.publish("/service/tell", body).body.size() == 1U);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/told","data":[1]},)"
               R"({"channel":"/meta/connect","id":"2","successful":true}])");
    BOOST_TEST(!world.answer(bystander).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_service_finds_live_sessions_only, Fixture)
{
    FakeClient other(world);
    BOOST_TEST(world.context().session(other.id())->id() == other.id());
    other.disconnect();
    BOOST_TEST(world.context().session(other.id()) == nullptr);
    BOOST_TEST(world.context().session("nonsense") == nullptr);
    auto const body = R"({"to":")" + other.id() + R"(","data":1})";
    BOOST_TEST(client.publish("/service/tell", body).body.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_handler_that_throws_harms_its_own_message_only, Fixture)
{
    BOOST_TEST(client
                   .exchange(batch_of({client.message("/service/broken"),
                       client.message("/service/echo", R"("data":1)")}))
                   .text == R"([{"channel":"/service/broken","data":"before"},)"
                            R"({"channel":"/service/echo","data":1,"id":"3"},)"
                            R"({"channel":"/service/broken","id":"2","successful":true},)"
                            R"({"channel":"/service/echo","id":"3","successful":true}])");
    BOOST_TEST(world.logged("service desk on /service/broken: cannot go on") == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_service_may_listen_to_wild_channels, Fixture)
{
    client.publish("/service/again/1", "1");
    client.publish("/service/again/2", "1");
    client.publish("/service/again/2/3", "1");
    BOOST_TEST(desk.notes == "/service/again/1 /service/again/2 ");
}

BOOST_FIXTURE_TEST_CASE(a_handler_with_a_decision_may_change_and_refuse_messages, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/filtered/**");
    BOOST_TEST(
        client.publish("/filtered/x", R"("bad")").on("/filtered/x").at("error").as_string() ==
        "404::message_deleted");
    client.publish("/filtered/x", R"("other")");
    BOOST_TEST(subscriber.poll().data("/filtered/x") == boost::json::array{"good"});
}

BOOST_FIXTURE_TEST_CASE(
    messages_of_the_server_itself_do_not_reach_handlers_of_client_messages, Fixture)
{
    client.publish("/service/chain", "1");
    BOOST_TEST(desk.chain_reached == 5);
    BOOST_TEST(desk.notes.empty());
}

BOOST_FIXTURE_TEST_CASE(what_handlers_ask_for_is_done_in_order_and_after_the_handler, Fixture)
{
    client.subscribe("/chain");
    auto const answer = client.publish("/service/chain", "1");
    BOOST_TEST(answer.body.at(0).at("data").as_int64() == 1); // asked for first
    BOOST_TEST(answer.body.at(1).at("channel").as_string() == "/end");
    BOOST_TEST(answer.data("/chain") == (boost::json::array{1, 2, 3, 4, 5}));
    BOOST_TEST(answer.body.at(6).at("channel").as_string() == "/service/chain");
}

BOOST_FIXTURE_TEST_CASE(a_service_that_answers_itself_for_ever_is_stopped, Fixture)
{
    desk.chain_limit = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST(
        client.publish("/service/chain", "1").on("/service/chain").at("successful").as_bool());
    BOOST_TEST(world.logged("services keep answering themselves") == 1U);
    desk.chain_limit = 0;
    BOOST_TEST(client.publish("/service/echo", "1").count("/service/echo") == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_service_may_send_very_many_messages_at_once, Fixture)
{
    constexpr int many = 150'000;
    auto& session = *world.context().session(client.id());
    world.context().channel("/service/flood").add_listener("test", [&](Incoming&) {
        for (int i = 0; i < many; ++i)
            session.deliver_json("/x", "1");
        return Decision::allow();
    });
    client.publish("/service/flood", "1");
    BOOST_TEST(world.engine().statistics().queues_full == 1U); // so nothing was dropped before
    BOOST_TEST(world.logged("services keep answering themselves") == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_a_listener_of_a_broadcast_sends_comes_behind_the_broadcast, Fixture)
{
    client.subscribe("/foo");
    world.context().channel("/foo").add_listener("test", [](Incoming& in) {
        in.from->deliver("/more", 2);
        return Decision::allow();
    });
    BOOST_TEST(client.publish("/foo", "1").text ==
               R"([{"channel":"/foo","data":1},{"channel":"/more","data":2},)"
               R"({"channel":"/foo","id":"3","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(what_is_asked_for_outside_of_a_call_is_done_with_the_next, Fixture)
{
    client.subscribe("/foo");
    auto const connect = client.connect();
    world.context().publish("/foo", 1);
    world.context().session(client.id())->deliver("/bar", 2);
    BOOST_TEST(!world.answer(connect).has_value());
    BOOST_TEST((world.engine().next_deadline() == world.now()));
    world.pass(0ms);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/foo","data":1},{"channel":"/bar","data":2},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(a_service_may_log, Fixture)
{
    world.context().log(LogLevel::warning, "take care");
    world.pass(0ms);
    BOOST_TEST(world.logged("take care") == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_logged_while_services_are_set_up_comes_with_the_first_call)
{
    Engine engine({}, [] { return 0U; });
    engine.context().log(LogLevel::info, "made");
    Outbox out;
    engine.tick(Instant(1s), out);
    BOOST_REQUIRE_EQUAL(out.logs.size(), 1U);
    BOOST_TEST(out.logs[0].text == "made");
    engine.tick(Instant(2s), out);
    BOOST_TEST(out.logs.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_channel_with_a_bad_name_cannot_be_made, Fixture)
{
    for (auto const* const name : {"", "/", "foo", "/a//b", "/*/a", "/a%"})
        BOOST_CHECK_THROW(world.context().channel(name), std::invalid_argument);
    BOOST_TEST(&world.context().channel("/a/") == &world.context().channel("/a"));
}

BOOST_FIXTURE_TEST_CASE(a_session_tells_who_it_is, Fixture)
{
    client.subscribe("/a");
    client.subscribe("/b");
    auto const& session = *world.context().session(client.id());
    BOOST_TEST(session.id() == client.id());
    BOOST_TEST(session.peer() == "192.0.2.1:1");
    BOOST_TEST(session.connected());
    BOOST_TEST((session.subscriptions() == std::vector<std::string_view>{"/a", "/b"}));
}
