#include "bayeux/testing/fake_world.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

using boost::json::array;

/// A client that has asked for acknowledged messages, subscribed to /a.
class AckClient {
public:
    explicit AckClient(FakeWorld& world) : world_(world)
    {
        handshake_ = world.exchange(R"({"channel":"/meta/handshake","ext":{"ack":true}})");
        id_ = handshake_.on("/meta/handshake").at("clientId").as_string().c_str();
        BOOST_REQUIRE(batch_of(exchange("/meta/connect", R"(,"ext":{"ack":0})")) == 1);
        subscribed_ = exchange("/meta/subscribe", R"(,"subscription":"/a")");
    }

    static std::int64_t batch_of(Answer const& answer)
    {
        return answer.on("/meta/connect").at("ext").at("ack").as_int64();
    }
    std::string message(std::string const& channel, std::string const& more) const
    {
        return R"({"channel":")" + channel + R"(","clientId":")" + id_ + "\"" + more + "}";
    }
    Answer exchange(std::string const& channel, std::string const& more)
    {
        return world_.exchange(message(channel, more));
    }
    std::string connect_text(std::int64_t batch) const
    {
        return message("/meta/connect", R"(,"ext":{"ack":)" + std::to_string(batch) + "}");
    }
    Origin connect(std::int64_t batch) { return world_.send(connect_text(batch)); }

    FakeWorld& world_;
    Answer handshake_;
    Answer subscribed_;
    std::string id_;
};

struct Fixture {
    FakeWorld world;
    AckClient reader{world};
    FakeClient writer{world};
};

std::string ext_of(Answer const& answer, std::string_view channel)
{
    return boost::json::serialize(answer.on(channel).at("ext"));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(acknowledge, Fixture)

BOOST_AUTO_TEST_CASE(is_agreed_on_in_the_handshake)
{
    BOOST_TEST(ext_of(reader.handshake_, "/meta/handshake") == R"({"ack":true})");
}

BOOST_AUTO_TEST_CASE(is_agreed_on_for_true_alone)
{
    for (auto const* const ext : {R"({"ack":1})", R"({"ack":"true"})", R"({"ack":false})",
             R"({"ack":{}})", "{}", "5", "null", "[true]"}) {
        auto const reply = world.exchange(
            std::string(R"({"channel":"/meta/handshake","ext":)").append(ext).append("}"));
        BOOST_TEST(!reply.on("/meta/handshake").contains("ext"), ext);
    }
}

BOOST_AUTO_TEST_CASE(is_not_agreed_on_when_it_is_switched_off)
{
    EngineOptions options;
    options.ack = false;
    FakeWorld without(options);
    auto const reply = without.exchange(R"({"channel":"/meta/handshake","ext":{"ack":true}})");
    BOOST_TEST(!reply.on("/meta/handshake").contains("ext"));
}

BOOST_AUTO_TEST_CASE(puts_an_empty_ext_in_other_meta_replies)
{
    BOOST_TEST(ext_of(reader.subscribed_, "/meta/subscribe") == "{}");
    auto const published = reader.exchange("/b", R"(,"data":1)");
    BOOST_TEST(!published.on("/b").contains("ext"));
    BOOST_TEST(ext_of(reader.exchange("/meta/disconnect", {}), "/meta/disconnect") == "{}");
}

BOOST_AUTO_TEST_CASE(numbers_every_connect_reply_also_empty_ones)
{
    auto const poll = reader.connect(1);
    world.pass(30s);
    BOOST_TEST(AckClient::batch_of(world.answered(poll)) == 2);
    auto const next = reader.connect(2);
    FakeClient(world).publish("/a", "1");
    auto const answer = world.answered(next);
    BOOST_TEST(AckClient::batch_of(answer) == 3);
    BOOST_TEST(answer.data("/a") == array{1});
}

BOOST_AUTO_TEST_CASE(lets_connect_replies_alone_bring_messages)
{
    auto const poll = reader.connect(1);
    auto const published = reader.exchange("/a", R"(,"data":1)");
    BOOST_TEST(published.count("/a") == 1); // its reply
    BOOST_TEST(world.answered(poll).data("/a") == array{1});
}

BOOST_AUTO_TEST_CASE(sends_again_what_was_not_acknowledged_at_once_and_before_the_new)
{
    auto const lost = reader.connect(1);
    writer.publish("/a", "1");
    world.answered(lost); // and the client has not got it
    writer.publish("/a", "2");
    auto const answer = world.answered(reader.connect(1));
    BOOST_TEST(answer.data("/a") == (array{1, 2}));
    BOOST_TEST(AckClient::batch_of(answer) == 3);
    BOOST_TEST(answer.on("/meta/connect").contains("advice")); // X§21b
}

BOOST_AUTO_TEST_CASE(sends_again_as_often_as_needed)
{
    writer.publish("/a", "1");
    for (std::int64_t batch = 2; batch < 6; ++batch) {
        auto const answer = world.answered(reader.connect(1));
        BOOST_TEST(answer.data("/a") == array{1});
        BOOST_TEST(AckClient::batch_of(answer) == batch);
    }
    BOOST_TEST(!world.answer(reader.connect(5)));
}

BOOST_AUTO_TEST_CASE(sends_nothing_twice_that_was_acknowledged)
{
    auto poll = reader.connect(1);
    for (std::int64_t n = 1; n <= 5; ++n) {
        writer.publish("/a", std::to_string(n));
        auto const answer = world.answered(poll);
        BOOST_TEST(answer.data("/a") == array{n});
        poll = reader.connect(AckClient::batch_of(answer));
    }
    BOOST_TEST(!world.answer(poll));
}

BOOST_AUTO_TEST_CASE(keeps_the_later_batch_when_the_earlier_is_acknowledged)
{
    writer.publish("/a", "1");
    world.answered(reader.connect(1)); // 2: comes
    writer.publish("/a", "2");
    world.answered(reader.connect(2)); // 3: lost
    writer.publish("/a", "3");
    BOOST_TEST(world.answered(reader.connect(2)).data("/a") == (array{2, 3}));
}

BOOST_AUTO_TEST_CASE(takes_a_connect_without_it_as_no_acknowledgement)
{
    writer.publish("/a", "1");
    BOOST_TEST(world.answered(reader.connect(1)).data("/a") == array{1});
    auto const silent = world.send(reader.message("/meta/connect", {}));
    BOOST_TEST(!world.answer(silent)); // no reason to hurry either
    writer.publish("/a", "2");
    BOOST_TEST(world.answered(silent).data("/a") == (array{1, 2}));
}

BOOST_AUTO_TEST_CASE(takes_the_minus_one_of_old_clients)
{
    auto const old = AckClient(world);
    writer.publish("/a", "1");
    world.answered(world.send(old.connect_text(1)));
    BOOST_TEST(world.answered(world.send(old.connect_text(-1))).data("/a") == array{1});
}

BOOST_AUTO_TEST_CASE(loses_nothing_when_an_answer_finds_its_connection_gone)
{
    auto const poll = reader.connect(1);
    writer.publish("/a", "1");
    auto const gone = world.answered(poll);
    world.undelivered(gone);
    writer.publish("/a", "2");
    BOOST_TEST(world.answered(reader.connect(1)).data("/a") == (array{1, 2}));
}

BOOST_AUTO_TEST_CASE(gives_a_superseded_connect_no_batch)
{
    auto const older = reader.connect(1);
    auto const newer = reader.connect(1);
    BOOST_TEST(world.answered(older).status == 500);
    writer.publish("/a", "1");
    BOOST_TEST(AckClient::batch_of(world.answered(newer)) == 2);
}

BOOST_AUTO_TEST_CASE(counts_what_waits_for_it_among_the_queue)
{
    EngineOptions options;
    options.max_queue = 3;
    FakeWorld small(options);
    AckClient mute(small);
    FakeClient loud(small);
    for (int n = 0; n < 3; ++n) {
        loud.publish("/a", std::to_string(n));
        small.answered(mute.connect(1));
    }
    BOOST_TEST(small.engine().statistics().queues_full == 0);
    loud.publish("/a", "3");
    BOOST_TEST(small.engine().statistics().queues_full == 1);
    auto const end = small.answered(mute.connect(1)).on("/meta/connect");
    BOOST_TEST(end.at("advice").at("reconnect").as_string() == "handshake");
}

BOOST_AUTO_TEST_CASE(frees_the_queue_of_what_was_acknowledged)
{
    EngineOptions options;
    options.max_queue_bytes = 200;
    FakeWorld small(options);
    AckClient brave(small);
    FakeClient loud(small);
    auto poll = brave.connect(1);
    for (int n = 0; n < 50; ++n) {
        loud.publish("/a", R"("a text of some length")");
        poll = brave.connect(AckClient::batch_of(small.answered(poll)));
    }
    BOOST_TEST(small.engine().statistics().queues_full == 0);
}

BOOST_AUTO_TEST_CASE(works_on_a_socket_where_messages_come_with_the_connect_reply)
{
    auto const socket = world.open_socket();
    world.send_on(socket, reader.connect_text(1));
    BOOST_TEST(!world.answer(socket));
    writer.publish("/a", "1");
    auto const answer = world.answered(socket);
    BOOST_TEST(answer.data("/a") == array{1});
    BOOST_TEST(AckClient::batch_of(answer) == 2);
    BOOST_TEST(answer.reply.whole); // cut in between, its client would see messages twice
}

BOOST_AUTO_TEST_CASE(sends_again_on_another_socket_what_the_first_one_lost)
{
    auto const first = world.open_socket();
    world.send_on(first, reader.connect_text(1));
    writer.publish("/a", "1");
    world.answered(first);
    world.lose(first);
    writer.publish("/a", "2");
    auto const second = world.open_socket();
    world.send_on(second, reader.connect_text(1));
    BOOST_TEST(world.answered(second).data("/a") == (array{1, 2}));
    world.send_on(second, reader.connect_text(3));
    BOOST_TEST(!world.answer(second));
}

BOOST_AUTO_TEST_CASE(leaves_the_messages_to_the_connect_when_a_frame_brings_others_behind_it)
{
    auto const socket = world.open_socket();
    world.send_on(
        socket, "[" + reader.connect_text(1) + "," + reader.message("/a", R"(,"data":1)") + "]");
    auto const replies = world.answered(socket);
    BOOST_TEST(replies.count("/a") == 1);
    BOOST_TEST(!replies.on("/a").contains("data"));
    auto const connected = world.answered(socket);
    BOOST_TEST(connected.data("/a") == array{1});
    BOOST_TEST(AckClient::batch_of(connected) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
