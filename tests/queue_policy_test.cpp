#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

using boost::json::array;

EngineOptions three_messages(QueuePolicy policy)
{
    EngineOptions options;
    options.max_queue = 3;
    options.max_queue_policy = policy;
    return options;
}

/// A session with room for three messages that does not poll.
struct Room {
    explicit Room(EngineOptions options) : world(std::move(options)) { reader.subscribe("/a"); }
    void publish(int first, int last)
    {
        for (int n = first; n <= last; ++n)
            writer.publish("/a", std::to_string(n));
    }

    FakeWorld world;
    FakeClient reader{world};
    FakeClient writer{world};
};

} // namespace

BOOST_AUTO_TEST_SUITE(queue_policy)

BOOST_AUTO_TEST_CASE(drops_the_oldest)
{
    Room room(three_messages(QueuePolicy::drop_oldest));
    room.publish(1, 8);
    BOOST_TEST(room.reader.poll().data("/a") == (array{6, 7, 8}));
    BOOST_TEST(room.world.engine().statistics().messages_dropped == 5);
    BOOST_TEST(room.world.engine().statistics().queues_full == 0);
    room.publish(9, 9);
    BOOST_TEST(room.reader.poll().data("/a") == array{9});
}

BOOST_AUTO_TEST_CASE(drops_the_newest)
{
    Room room(three_messages(QueuePolicy::drop_newest));
    room.publish(1, 8);
    BOOST_TEST(room.reader.poll().data("/a") == (array{1, 2, 3}));
    BOOST_TEST(room.world.engine().statistics().messages_dropped == 5);
}

BOOST_AUTO_TEST_CASE(ends_the_session)
{
    Room room(three_messages(QueuePolicy::disconnect));
    room.publish(1, 4);
    BOOST_TEST(room.reader.poll().error() == "402::session_unknown");
    BOOST_TEST(room.world.engine().statistics().queues_full == 1);
}

BOOST_AUTO_TEST_CASE(drops_as_many_of_the_oldest_as_their_bytes_require)
{
    EngineOptions options;
    options.max_queue_bytes = 150;
    options.max_queue_policy = QueuePolicy::drop_oldest;
    Room room(options);
    room.publish(1, 4);
    room.writer.publish("/a", '"' + std::string(100, 'x') + '"');
    auto const got = room.reader.poll().data("/a");
    BOOST_TEST(got.size() == 1U);
    room.publish(5, 6);
    room.writer.publish("/a", '"' + std::string(200, 'x') + '"'); // never fits
    BOOST_TEST(room.reader.poll().data("/a").empty());
}

BOOST_AUTO_TEST_CASE(keeps_what_waits_for_its_acknowledgement)
{
    FakeWorld world(three_messages(QueuePolicy::drop_oldest));
    FakeClient writer(world);
    auto const reply = world.exchange(R"({"channel":"/meta/handshake","ext":{"ack":true}})");
    std::string const id = reply.on("/meta/handshake").at("clientId").as_string().c_str();
    auto const send = [&](std::string const& more) {
        return world.exchange(R"([{"clientId":")" + id + "\"," + more + "}]");
    };
    std::string const connect = R"("channel":"/meta/connect","ext":{"ack":1})";
    send(connect);
    send(R"("channel":"/meta/subscribe","subscription":"/a")");
    writer.publish("/a", "1");
    writer.publish("/a", "2");
    BOOST_TEST(send(connect).data("/a") == (array{1, 2}));
    writer.publish("/a", "3");
    writer.publish("/a", "4"); // pushes 3 out
    BOOST_TEST(send(connect).data("/a") == (array{1, 2, 4}));
}

BOOST_AUTO_TEST_CASE(is_no_matter_while_the_client_can_be_answered)
{
    Room room(three_messages(QueuePolicy::disconnect));
    auto const poll = room.reader.connect();
    std::vector<std::string> messages;
    messages.reserve(5);
    for (int n = 1; n <= 5; ++n)
        messages.push_back(room.writer.message("/a", R"("data":)" + std::to_string(n)));
    room.writer.exchange(batch_of(messages));
    BOOST_TEST(room.world.answered(poll).data("/a") == (array{1, 2, 3}));
    BOOST_TEST(room.reader.poll().data("/a") == (array{4, 5}));
}

BOOST_AUTO_TEST_CASE(is_the_listeners_to_change)
{
    struct Judge : DeliveryListener {
        QueuePolicy queue_full(Session&, FrozenMessage const& message, QueuePolicy policy) override
        {
            asked.push_back(message->json);
            return message->json.find("precious") != std::string::npos ? QueuePolicy::drop_oldest
                                                                       : policy;
        }
        std::vector<std::string> asked;
    } judge;
    Room room(three_messages(QueuePolicy::drop_newest));
    room.world.context().add_delivery_listener(judge);
    room.publish(1, 4);
    room.writer.publish("/a", R"("precious")");
    BOOST_TEST(room.reader.poll().data("/a") == (array{2, 3, "precious"}));
    BOOST_TEST(judge.asked.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
