// A backlog leaves in portions, so that it neither fills a connection nor stands in front of the
// small reply that comes next.

#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t portion = 131'072;
/// A portion has room for twelve of these, with their channel.
std::string const long_data(10'400, 'x');

/// An engine whose links say that they are ready when the test does.
struct Links {
    explicit Links(EngineOptions options = {})
        : engine(std::move(options), [n = std::uint64_t{0}]() mutable { return ++n; })
    {}

    std::vector<Reply> send(Origin origin, std::string body, Transport transport)
    {
        Request request;
        request.transport = transport;
        engine.receive(
            origin, std::move(request), std::get<Batch>(parse_batch(std::move(body))), now, out);
        return take();
    }
    std::vector<Reply> send(std::string const& channel, std::string const& more = {})
    {
        return send(socket, message(channel, more), Transport::websocket);
    }
    std::vector<Reply> ready()
    {
        engine.link_ready(socket, now, out);
        return take();
    }
    std::vector<Reply> publish(int count, std::string const& data = long_data)
    {
        for (int n = 0; n < count; ++n)
            engine.context().publish("/a", boost::json::value(data));
        engine.tick(now, out);
        return take();
    }
    std::vector<Reply> take() { return std::exchange(out.replies, {}); }
    std::string message(std::string const& channel, std::string const& more) const
    {
        return R"({"channel":")" + channel + R"(","clientId":")" + id + "\"" + more + "}";
    }
    /// Begins a session that is subscribed to /a.
    void begin(std::string const& ext = {})
    {
        auto const reply =
            send(socket, R"({"channel":"/meta/handshake")" + ext + "}", Transport::websocket).at(0);
        id = reply.first.substr(reply.first.find(R"("clientId":")") + 12, 26);
        send("/meta/connect", connect_more);
        send("/meta/subscribe", R"(,"subscription":"/a")");
    }

    Engine engine;
    Outbox out;
    Instant now{1s};
    Origin socket{1};
    std::string id;
    std::string connect_more;
};

std::size_t bytes_of(Reply const& reply)
{
    std::size_t bytes = 0;
    for (auto const& message : reply.messages)
        bytes += message->json.size();
    return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(portions)

BOOST_AUTO_TEST_CASE(are_pushed_one_after_the_other_as_the_link_takes_them)
{
    Links world;
    world.begin();
    auto sent = world.publish(30);
    for (std::size_t const count : {12U, 12U, 6U}) {
        BOOST_REQUIRE(sent.size() == 1U);
        BOOST_TEST(sent[0].messages.size() == count);
        BOOST_TEST(bytes_of(sent[0]) <= portion);
        BOOST_TEST(sent[0].more == (count == 12));
        BOOST_TEST(world.publish(0).empty(), "waits until the link is ready");
        sent = world.ready();
    }
    BOOST_TEST(sent.empty());
    sent = world.publish(1);
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(!sent[0].more);
}

BOOST_AUTO_TEST_CASE(leave_together_when_a_service_ends_the_session)
{
    Links world;
    world.begin();
    BOOST_TEST(world.publish(30).at(0).more);
    world.engine.context().session(world.id)->disconnect();
    world.engine.tick(world.now, world.out);
    auto const rest = world.take();
    BOOST_REQUIRE(rest.size() == 1U);
    BOOST_TEST(rest[0].messages.size() == 19U); // with /meta/disconnect
    BOOST_TEST(!rest[0].more);
}

BOOST_AUTO_TEST_CASE(keep_the_order_of_what_came_meanwhile)
{
    Links world;
    world.begin();
    std::vector<std::string> got;
    auto const note = [&](std::vector<Reply> const& sent) {
        for (auto const& reply : sent)
            for (auto const& message : reply.messages)
                got.push_back(message->json.substr(message->json.size() - 10));
    };
    for (int n = 10; n < 60; ++n) {
        note(world.publish(1, std::string(50'000, 'x') + std::to_string(n)));
        if (n % 5 == 0)
            note(world.ready());
    }
    for (int n = 0; n < 30; ++n)
        note(world.ready());
    BOOST_REQUIRE(got.size() == 50U);
    for (std::size_t n = 0; n < got.size(); ++n)
        BOOST_TEST(got[n].find(std::to_string(n + 10)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(hold_at_least_one_message_however_long)
{
    Links world;
    world.begin();
    auto const sent = world.publish(2, std::string(2 * portion, 'x'));
    BOOST_REQUIRE(sent.size() == 1U);
    BOOST_TEST(sent[0].messages.size() == 1U);
    BOOST_TEST(sent[0].more);
    BOOST_TEST(world.ready().at(0).messages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(do_not_go_in_front_of_replies)
{
    Links world;
    world.begin();
    world.publish(100);
    for (int n = 0; n < 3; ++n) {
        auto const answers = world.send("/service/x");
        BOOST_REQUIRE(answers.size() == 1U);
        BOOST_TEST(answers[0].messages.empty());
        BOOST_TEST(!answers[0].replies.empty());
        BOOST_TEST(world.ready().at(0).more);
        BOOST_TEST(world.send("/meta/connect").empty()); // held: its messages are pushed
    }
}

BOOST_AUTO_TEST_CASE(answer_a_poll_and_the_next_one_at_once)
{
    FakeWorld world;
    FakeClient reader(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    auto const poll = reader.connect();
    std::vector<std::string> messages;
    for (int n = 0; n < 30; ++n)
        messages.push_back(writer.message("/a", R"("data":")" + long_data + '"'));
    writer.exchange(batch_of(messages));
    BOOST_TEST(world.answered(poll).data("/a").size() == 12U);
    BOOST_TEST(world.answered(reader.connect()).data("/a").size() == 12U);
    BOOST_TEST(world.answered(reader.connect()).data("/a").size() == 6U);
    BOOST_TEST(world.waits(reader.connect()));
}

BOOST_AUTO_TEST_CASE(of_acknowledged_messages_are_whole_until_they_are_acknowledged)
{
    Links world;
    world.connect_more = R"(,"ext":{"ack":0})";
    world.begin(R"(,"ext":{"ack":true})");
    world.publish(30);
    auto const connect = [&](int ack) {
        return world.send("/meta/connect", R"(,"ext":{"ack":)" + std::to_string(ack) + "}").at(0);
    };
    auto const first = connect(1);
    BOOST_TEST(first.messages.size() == 12U);
    BOOST_TEST(first.replies.find(R"("ack":2)") != std::string::npos);
    BOOST_TEST(!first.more, "the next connect asks for the rest");
    auto const again = connect(1);
    BOOST_TEST_REQUIRE(again.messages.size() == 13U, "and a new one");
    BOOST_TEST(std::equal(first.messages.begin(), first.messages.end(), again.messages.begin()));
    BOOST_TEST(connect(3).messages.size() == 12U);
    BOOST_TEST(connect(4).messages.size() == 5U);
    BOOST_TEST(world.engine.statistics().queue_bytes > 0U);
    world.send("/meta/connect", R"(,"ext":{"ack":5})");
    BOOST_TEST(world.engine.statistics().queue_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(do_not_cut_the_last_answer_of_a_session)
{
    Links world;
    world.begin();
    world.engine.link_full(world.socket);
    world.publish(30);
    auto const answers =
        world.send(Origin{2}, world.message("/meta/disconnect", {}), Transport::long_polling);
    BOOST_REQUIRE(answers.size() == 1U);
    BOOST_TEST(answers[0].messages.size() == 30U);
    BOOST_TEST(world.engine.statistics().queue_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(leave_the_queue_to_its_policy)
{
    EngineOptions options;
    options.max_queue = 20;
    Links world(options);
    world.begin();
    BOOST_TEST(world.publish(20).at(0).more);
    world.publish(12);
    BOOST_TEST(world.engine.statistics().queues_full == 0U);
    world.publish(1);
    BOOST_TEST(world.engine.statistics().queues_full == 1U);
}

BOOST_AUTO_TEST_CASE(are_no_limit_to_who_keeps_up)
{
    EngineOptions options;
    options.max_queue = 20;
    Links world(options);
    world.begin();
    world.publish(100); // in one turn
    BOOST_TEST(world.engine.statistics().queues_full == 0U);
}

BOOST_AUTO_TEST_CASE(are_no_limit_to_who_has_taken_one_and_gets_more_than_there_is_room_for)
{
    EngineOptions options;
    options.max_queue = 20;
    Links world(options);
    world.begin();
    BOOST_TEST(world.publish(20).at(0).more);
    world.engine.collect();
    world.engine.link_ready(world.socket, world.now, world.out);
    world.publish(100); // in the turn in which the link is ready
    world.engine.flush(world.now, world.out);
    BOOST_TEST(world.engine.statistics().queues_full == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
