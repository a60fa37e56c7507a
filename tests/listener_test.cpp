#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Channel listeners (wire-behaviour 2, step 10), and handlers that fail

namespace {

struct Fixture {
    FakeWorld world;
    FakeClient client{world};

    void listen(std::string_view channel, MessageListener listener)
    {
        world.context().channel(channel).add_listener("service test", std::move(listener));
    }
};

MessageListener refusing()
{
    return [](Incoming&) { return Decision::deny(); };
}

MessageListener throwing(std::string what)
{
    return [what](Incoming&) -> Decision { throw std::runtime_error(what); };
}

} // namespace

BOOST_FIXTURE_TEST_CASE(listeners_are_called_from_the_widest_channel_to_the_exact_one, Fixture)
{
    std::string called;
    auto const noting = [&](std::string const& name) {
        return seeing([&called, name](Session*, Channel& on, Message& message) {
            called += name + '=' + on.name() + ' ';
            BOOST_TEST(message.channel() == "/a/b/c");
        });
    };
    listen("/a/b/c", noting("exact1"));
    listen("/a/b/*", noting("one"));
    listen("/a/b/**", noting("below"));
    listen("/a/**", noting("deep"));
    listen("/**", noting("all"));
    listen("/a/b/c", noting("exact2"));
    listen("/*", noting("other"));
    listen("/a/b/d", noting("other"));
    client.publish("/a/b/c", "1");
    BOOST_TEST(called == "all=/** deep=/a/** below=/a/b/** one=/a/b/* exact1=/a/b/c "
                         "exact2=/a/b/c ");
}

BOOST_FIXTURE_TEST_CASE(
    wild_listeners_see_service_and_meta_messages_before_the_server_acts, Fixture)
{
    std::string seen;
    auto const noting = seeing([&](Session* from, Channel&, Message& message) {
        seen.append(message.channel());
        seen += from->connected() ? " connected; " : "; ";
    });
    listen("/service/**", noting);
    listen("/meta/*", noting);
    auto const handshake = world.exchange(R"({"channel":"/meta/handshake"})");
    auto const id = std::string(handshake.on("/meta/handshake").at("clientId").as_string());
    auto const send = [&](std::string const& channel) {
        world.exchange(R"({"channel":")" + channel + R"(","clientId":")" + id + R"("})");
    };
    send("/meta/connect");
    send("/service/x/y");
    send("/meta/disconnect");
    BOOST_TEST(seen == "/meta/handshake; /meta/connect; /service/x/y connected; "
                       "/meta/disconnect connected; ");
}

BOOST_FIXTURE_TEST_CASE(a_listener_that_refuses_deletes_the_message, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    bool behind = false;
    listen("/foo", refusing());
    listen("/foo", seeing([&](Session*, Channel&, Message&) { behind = true; }));
    BOOST_TEST(
        client.publish("/foo", "1").text ==
        R"([{"channel":"/foo","id":"2","successful":false,"error":"404::message_deleted"}])");
    BOOST_TEST(subscriber.poll().count("/foo") == 0U);
    BOOST_TEST(!behind);
}

BOOST_FIXTURE_TEST_CASE(a_listener_may_write_the_refusal_itself, Fixture)
{
    listen("/foo", [](Incoming& in) {
        in.reply.fail("429:quota:too_many");
        in.reply.handled = true;
        return Decision::deny();
    });
    BOOST_TEST(client.publish("/foo", "1").text ==
               R"([{"channel":"/foo","id":"2","successful":false,"error":"429:quota:too_many"}])");
}

BOOST_FIXTURE_TEST_CASE(a_listener_may_refuse_a_meta_message, Fixture)
{
    listen("/meta/subscribe", refusing());
    listen("/meta/disconnect", refusing());
    BOOST_TEST(client.subscribe("/foo").text ==
               R"([{"channel":"/meta/subscribe","id":"2","subscription":"/foo","successful":false,)"
               R"("error":"404::message_deleted"}])");
    client.disconnect();
    BOOST_TEST(world.engine().statistics().sessions == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_listener_may_change_data_and_subscribers_get_the_change, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    listen("/**", seeing([](Session*, Channel&, Message& message) {
        message.set_data(R"({"filtered":true})");
    }));
    client.publish("/foo", R"("<b>")");
    BOOST_TEST(
        subscriber.poll().text.starts_with(R"([{"channel":"/foo","data":{"filtered":true}},)"));
}

BOOST_FIXTURE_TEST_CASE(listeners_of_service_messages_read_id_and_client_id, Fixture)
{
    std::string read;
    listen("/service/x", seeing([&](Session* from, Channel&, Message& message) {
        BOOST_TEST(message.client_id() == from->id());
        read = message.id().value_or("none");
    }));
    client.publish("/service/x", "1");
    BOOST_TEST(read == "2");
}

BOOST_FIXTURE_TEST_CASE(a_listener_may_add_listeners_and_make_channels, Fixture)
{
    int called = 0;
    bool added = false;
    listen("/foo", [&](Incoming& in) {
        if (!std::exchange(added, true)) {
            for (int i = 0; i < 100; ++i)
                in.channel.add_listener(
                    "late", seeing([&](Session*, Channel&, Message&) { ++called; }));
            for (int i = 0; i < 1000; ++i)
                world.context().channel("/made/" + std::to_string(i));
            world.context().channel("/*");
        }
        return Decision::allow();
    });
    client.publish("/foo", "1");
    client.publish("/foo", "1");
    BOOST_TEST(called == 200);
}

// --- Failures are logged with owner and channel, counted, and harm nobody

BOOST_FIXTURE_TEST_CASE(a_listener_that_throws_lets_the_message_pass, Fixture)
{
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    listen("/foo", throwing("no such table"));
    BOOST_TEST(
        client.publish("/foo", "1").text == R"([{"channel":"/foo","id":"2","successful":true}])");
    BOOST_TEST(subscriber.poll().count("/foo") == 1U);
    BOOST_TEST(world.logged("service test on /foo: no such table") == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_extension_that_throws_anywhere_lets_the_message_pass, Fixture)
{
    client.subscribe("/foo");
    auto broken = std::make_shared<ScriptedExtension>();
    broken->on_incoming = [](Session*, Message&, MessageReply&, Pending) -> Decision {
        throw std::runtime_error("in");
    };
    broken->on_publishing = [](Session*, Message&) -> Extension::Verdict {
        throw std::runtime_error("publishing");
    };
    broken->on_delivering = [](Session&, FrozenMessage& message) -> Extension::Verdict {
        message.reset();
        throw std::runtime_error("delivering");
    };
    broken->on_replying = [](Session*, MessageReply& reply) -> Extension::Verdict {
        reply.set_member("ext", "{}");
        throw std::runtime_error("replying");
    };
    world.engine().add_extension(broken);
    world.context().session(client.id())->add_extension(broken);
    BOOST_TEST(client.publish("/foo", "1").text ==
               R"([{"channel":"/foo","data":1},)"
               R"({"channel":"/foo","id":"3","successful":true,"ext":{}}])");
    BOOST_TEST(world.logged("extension on /foo: in") == 2U);
    BOOST_TEST(world.logged("publishing extension on /foo: publishing") == 1U);
    BOOST_TEST(world.logged("delivering extension on /foo: delivering") == 1U);
    BOOST_TEST(world.logged("replying extension on /foo: replying") == 2U);
    BOOST_TEST(world.engine().statistics().handler_failures == 6U);
}

BOOST_FIXTURE_TEST_CASE(listeners_of_events_that_throw_do_not_keep_others_from_hearing, Fixture)
{
    struct Broken : Listener {
        void session_added(Session&, Message const&) override { fail(); }
        void session_removed(Session&, Removal, Message const*) override { fail(); }
        void subscribed(Session&, Channel&, Message const*) override { fail(); }
        void unsubscribed(Session&, Channel&, Message const*) override { fail(); }
        void channel_added(Channel&) override { fail(); }
        void channel_removed(Channel&) override { fail(); }
        [[noreturn]] static void fail() { throw std::runtime_error("broken"); }
    } broken;
    Recorder recorder;
    world.engine().add_listener(broken);
    world.engine().add_listener(recorder);
    FakeClient other(world);
    other.subscribe("/foo");
    other.disconnect();
    world.pass(3s);
    BOOST_TEST((recorder.lines == std::vector<std::string>{"added", "channel added /foo",
                                      "subscribed /foo", "removed disconnected",
                                      "unsubscribed /foo", "channel removed /foo"}));
    BOOST_TEST(world.engine().statistics().handler_failures == 6U);
    BOOST_TEST(world.logged("broken") == 6U);
}

BOOST_FIXTURE_TEST_CASE(what_is_thrown_need_not_be_an_exception, Fixture)
{
    listen("/foo", [](Incoming&) -> Decision {
        throw 42; // NOLINT
    });
    BOOST_TEST(client.publish("/foo", "1").on("/foo").at("successful").as_bool());
    BOOST_TEST(world.logged("service test on /foo") == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_engine_cannot_be_called_from_inside_a_handler, Fixture)
{
    Outbox out;
    int refused = 0;
    listen("/foo", seeing([&](Session*, Channel&, Message&) {
        auto& engine = world.engine();
        auto const refuses = [&](auto call) {
            try {
                call();
            } catch (std::logic_error const&) {
                ++refused;
            }
        };
        refuses([&] { engine.tick(world.now(), out); });
        refuses([&] { engine.resolve(Pending{1}, Decision::allow(), world.now(), out); });
        refuses([&] { engine.connection_lost(Origin{1}, world.now(), out); });
        refuses([&] { engine.shutdown(1s, world.now(), out); });
        refuses([&] { engine.undelivered(Reply::to(Origin{1}), world.now(), out); });
        refuses([&] {
            engine.receive(Origin{9'999}, {}, std::get<Batch>(parse_batch("{}")), world.now(), out);
        });
    }));
    BOOST_TEST(client.publish("/foo", "1").on("/foo").at("successful").as_bool());
    BOOST_TEST(refused == 6);
    BOOST_TEST(out.empty());
}
