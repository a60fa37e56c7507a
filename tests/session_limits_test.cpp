// Limits of sessions together: EngineOptions::max_sessions_per_address, max_total_queue_bytes.

#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

std::string const a_handshake = R"({"channel":"/meta/handshake"})";

Answer shake_hands(FakeWorld& world, std::string peer)
{
    Request request;
    request.peer = std::move(peer);
    return world.answered(world.send(a_handshake, std::move(request)));
}

EngineOptions two_per_address()
{
    EngineOptions options;
    options.max_sessions_per_address = 2;
    return options;
}

EngineOptions with_memory(std::size_t bytes)
{
    EngineOptions options;
    options.max_total_queue_bytes = bytes;
    options.max_interval = 600s;
    return options;
}

std::string text_of(std::size_t size)
{
    return '"' + std::string(size, 'x') + '"';
}

bool lives(FakeWorld& world, FakeClient const& client)
{
    return world.context().session(client.id()) != nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_limits)

BOOST_AUTO_TEST_CASE(an_address_has_no_more_sessions_than_the_limit)
{
    FakeWorld world(two_per_address());
    FakeClient client(world); // of 192.0.2.1
    BOOST_TEST(shake_hands(world, "192.0.2.1:2").error().empty());
    BOOST_TEST(shake_hands(world, "192.0.2.1:3").text ==
               R"([{"channel":"/meta/handshake","successful":false,)"
               R"("error":"429::too_many_sessions",)"
               R"("advice":{"reconnect":"handshake","interval":10000,"timeout":30000}}])");
    BOOST_TEST(world.engine().statistics().address_sessions_refused == 1U);
    BOOST_TEST(world.logged("max-sessions-per-address reached by 192.0.2.1:3") == 1U);
    BOOST_TEST(shake_hands(world, "192.0.2.2:1").error().empty());
    client.disconnect();
    BOOST_TEST(shake_hands(world, "192.0.2.1:4").error().empty());
    BOOST_TEST(shake_hands(world, "192.0.2.1:5").error() == "429::too_many_sessions");
    world.pass(11s); // they expire
    BOOST_TEST(world.engine().statistics().sessions == 0U);
    BOOST_TEST(shake_hands(world, "192.0.2.1:6").error().empty());
    BOOST_TEST(shake_hands(world, "192.0.2.1:7").error().empty());
    BOOST_TEST(shake_hands(world, "192.0.2.1:8").error() == "429::too_many_sessions");
}

BOOST_AUTO_TEST_CASE(an_address_cannot_exceed_its_sessions_by_handshakes_that_wait_for_a_decision)
{
    std::vector<Pending> open;
    auto policy = std::make_unique<ScriptedPolicy>();
    policy->handshake = [&](Session&, MessageReply&, Pending pending) {
        open.push_back(pending);
        return Decision::later();
    };
    auto options = two_per_address();
    options.max_handshake_rate_per_address = 1; // each counts once, decided later or not
    FakeWorld world(options, std::move(policy));
    std::vector<Origin> origins;
    origins.reserve(10);
    for (int n = 0; n < 10; ++n)
        origins.push_back(world.send(a_handshake));
    BOOST_TEST(open.size() == 10U);
    std::size_t refused = 0;
    for (std::size_t n = 0; n < open.size(); ++n) {
        world.resolve(open[n], Decision::allow());
        auto const error = world.answered(origins[n]).error();
        BOOST_TEST((error.empty() || error == "429::too_many_sessions"));
        refused += error.empty() ? 0 : 1;
    }
    BOOST_TEST(refused == 8U);
}

BOOST_AUTO_TEST_CASE(a_message_that_waits_for_many_sessions_counts_once_and_until_all_have_it)
{
    FakeWorld world(with_memory(1'000'000));
    std::vector<std::unique_ptr<FakeClient>> readers;
    for (int n = 0; n < 50; ++n) {
        readers.push_back(std::make_unique<FakeClient>(world));
        readers.back()->subscribe("/a");
    }
    FakeClient writer(world);
    auto const bytes = [&] { return world.engine().statistics().queue_bytes; };
    BOOST_TEST(bytes() == 0U);
    writer.publish("/a", text_of(100'000));
    BOOST_TEST(bytes() > 100'000U);
    BOOST_TEST(bytes() < 105'000U);
    for (auto const& reader : readers) {
        BOOST_TEST(bytes() > 100'000U);
        reader->poll();
    }
    BOOST_TEST(bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(
    messages_that_are_not_acknowledged_yet_count_and_those_of_a_session_that_ends_do_not)
{
    FakeWorld world(with_memory(1'000'000));
    FakeClient reader(world, FakeClient::Cookies::keep, R"("ext":{"ack":true})");
    FakeClient lazy(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    lazy.subscribe("/a");
    writer.publish("/a", text_of(1'000));
    auto const bytes = [&] { return world.engine().statistics().queue_bytes; };
    lazy.poll();
    auto const waiting = bytes();
    auto const first = reader.exchange(
        reader.message("/meta/connect", R"("advice":{"timeout":0},"ext":{"ack":1})"));
    BOOST_TEST(first.count("/a") == 1U);
    BOOST_TEST(bytes() == waiting); // it may have to be sent again
    reader.exchange(reader.message("/meta/connect", R"("advice":{"timeout":0},"ext":{"ack":2})"));
    BOOST_TEST(bytes() == 0U);
    writer.publish("/a", text_of(1'000));
    BOOST_TEST(bytes() == waiting + sizeof(FrozenMessage));
    reader.disconnect();
    lazy.disconnect();
    BOOST_TEST(bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(all_policies_and_ways_back_keep_count_of_the_bytes)
{
    auto options = with_memory(1'000'000);
    options.max_queue = 3;
    options.max_queue_policy = QueuePolicy::drop_oldest;
    FakeWorld world(options);
    FakeClient reader(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    for (int n = 0; n < 20; ++n)
        writer.publish("/a", "1");
    auto const full = world.engine().statistics().queue_bytes;
    auto const answer = reader.poll();
    BOOST_TEST(answer.count("/a") == 3U);
    BOOST_TEST(world.engine().statistics().queue_bytes == 0U);
    world.undelivered(answer);
    BOOST_TEST(world.engine().statistics().queue_bytes == full);
    reader.poll();
    BOOST_TEST(world.engine().statistics().queue_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(when_memory_is_short_no_sessions_are_made)
{
    FakeWorld world(with_memory(10'000));
    FakeClient reader(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    writer.publish("/a", text_of(8'900));
    auto const answer = world.exchange(a_handshake);
    BOOST_TEST(answer.text ==
               R"([{"channel":"/meta/handshake","successful":false,"error":"503::queues_full",)"
               R"("advice":{"reconnect":"handshake","interval":10000,"timeout":30000}}])");
    BOOST_TEST(world.engine().statistics().handshakes_without_memory == 1U);
    BOOST_TEST(world.logged("max-total-queue-bytes reached by 192.0.2.1:1") == 1U);
    BOOST_TEST(lives(world, reader));
    reader.poll();
    BOOST_TEST(world.exchange(a_handshake).error().empty());
}

BOOST_AUTO_TEST_CASE(those_for_whom_most_waits_keep_nobody_out_for_long)
{
    FakeWorld world(with_memory(10'000));
    FakeClient reader(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    writer.publish("/a", text_of(9'100));
    BOOST_TEST(world.exchange(a_handshake).error() == "503::queues_full");
    world.pass(9s);
    BOOST_TEST(world.exchange(a_handshake).error() == "503::queues_full");
    BOOST_TEST(lives(world, reader));
    world.pass(1s);
    BOOST_TEST(world.exchange(a_handshake).error() == "503::queues_full");
    BOOST_TEST(!lives(world, reader));
    BOOST_TEST(world.exchange(a_handshake).error().empty());
    BOOST_TEST(world.engine().statistics().queue_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(when_memory_is_used_up_those_end_for_whom_most_waits)
{
    FakeWorld world(with_memory(10'000));
    FakeClient slow(world);
    FakeClient slower(world);
    FakeClient prompt(world);
    FakeClient writer(world);
    slower.subscribe("/a");
    for (auto* const client : {&slow, &slower, &prompt})
        client->subscribe("/b");
    auto poll = prompt.connect();
    writer.publish("/a", text_of(3'000));
    writer.publish("/b", text_of(3'000));
    BOOST_TEST(world.answered(poll).count("/b") == 1U);
    poll = prompt.connect();
    BOOST_TEST(world.engine().statistics().sessions_without_memory == 0U);
    writer.publish("/b", text_of(4'000));
    BOOST_TEST(!lives(world, slower));
    BOOST_TEST(lives(world, slow));
    BOOST_TEST(lives(world, prompt));
    BOOST_TEST(world.answered(poll).count("/b") == 1U);
    BOOST_TEST(world.engine().statistics().sessions_without_memory == 1U);
    BOOST_TEST(world.engine().statistics().queue_bytes < 9'000U);
    BOOST_TEST(slower.poll().error() == "402::session_unknown");
    BOOST_TEST(slow.poll().count("/b") == 2U);
    BOOST_TEST(world.engine().statistics().queue_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(one_message_that_is_larger_than_all_memory_ends_those_who_do_not_poll)
{
    FakeWorld world(with_memory(1'000));
    FakeClient idle(world);
    FakeClient held(world);
    FakeClient writer(world);
    for (auto* const client : {&idle, &held, &writer})
        client->subscribe("/a");
    auto const poll = held.connect();
    auto const answer = writer.publish("/a", text_of(5'000));
    BOOST_TEST(answer.count("/a") == 2U); // the message, and that it was published
    BOOST_TEST(world.answered(poll).count("/a") == 1U);
    BOOST_TEST(!lives(world, idle));
    BOOST_TEST(lives(world, held));
    BOOST_TEST(lives(world, writer));
    BOOST_TEST(world.engine().statistics().queue_bytes == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
