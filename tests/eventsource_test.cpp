#include "bayeux/testing/fake_world.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

/// A stream beside the posts of a client: what came on it, in order; "opened" and "ended" as well.
class Stream {
public:
    Stream(FakeWorld& world, std::string_view client_id, std::string browser_id)
        : world_(world), origin_(world.open_stream(client_id, std::move(browser_id)))
    {}

    std::vector<std::string> came()
    {
        std::vector<std::string> events;
        while (auto const answer = world_.answer(origin_)) {
            if (!answer->ok)
                events.emplace_back("ended");
            else
                events.push_back(answer->body.empty() ? "opened" : answer->text);
        }
        return events;
    }
    Origin origin() const { return origin_; }

private:
    FakeWorld& world_;
    Origin origin_;
};

using Events = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(eventsource)

BOOST_AUTO_TEST_CASE(brings_messages_without_answering_the_held_connect)
{
    FakeWorld world;
    FakeClient reader(world);
    FakeClient writer(world);
    reader.subscribe("/a");
    Stream stream(world, reader.id(), reader.browser_id());
    BOOST_TEST(stream.came() == Events{"opened"}, boost::test_tools::per_element());
    auto const poll = reader.connect();
    writer.publish("/a", "1");
    writer.publish("/a", "2");
    Events const expected{R"([{"channel":"/a","data":1}])", R"([{"channel":"/a","data":2}])"};
    BOOST_TEST(stream.came() == expected, boost::test_tools::per_element());
    BOOST_TEST(!world.answer(poll));
    world.pass(30s);
    BOOST_TEST(world.answered(poll).count("/a") == 0);
}

BOOST_AUTO_TEST_CASE(brings_what_waited_before_it_was_opened)
{
    FakeWorld world;
    FakeClient reader(world);
    reader.subscribe("/a");
    FakeClient(world).publish("/a", "1");
    Stream stream(world, reader.id(), reader.browser_id());
    Events const expected{"opened", R"([{"channel":"/a","data":1}])"};
    BOOST_TEST(stream.came() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_refused_for_an_unknown_session_and_another_browser)
{
    FakeWorld world;
    FakeClient const reader(world);
    for (auto& stream : {Stream(world, "nobody", {}), Stream(world, reader.id(), "another"),
             Stream(world, reader.id(), {})}) {
        auto const refusal = world.answered(stream.origin());
        BOOST_TEST(!refusal.ok);
        BOOST_TEST(refusal.status == 400);
    }
    BOOST_TEST(world.engine().statistics().unknown_sessions == 3);
}

BOOST_AUTO_TEST_CASE(ends_when_a_newer_one_takes_over)
{
    FakeWorld world;
    FakeClient reader(world);
    reader.subscribe("/a");
    Stream first(world, reader.id(), reader.browser_id());
    Stream second(world, reader.id(), reader.browser_id());
    Events const expected{"opened", "ended"};
    BOOST_TEST(first.came() == expected, boost::test_tools::per_element());
    FakeClient(world).publish("/a", "1");
    Events const news{"opened", R"([{"channel":"/a","data":1}])"};
    BOOST_TEST(second.came() == news, boost::test_tools::per_element());
    BOOST_TEST(first.came().empty());
}

BOOST_AUTO_TEST_CASE(ends_with_its_session)
{
    FakeWorld world;
    FakeClient leaver(world);
    Stream stream(world, leaver.id(), leaver.browser_id());
    leaver.disconnect();
    Events const expected{"opened", "ended"};
    BOOST_TEST(stream.came() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(brings_the_news_of_a_disconnect_by_the_server_before_it_ends)
{
    FakeWorld world;
    FakeClient reader(world);
    Stream stream(world, reader.id(), reader.browser_id());
    world.context().session(reader.id())->disconnect();
    world.pass(0s);
    Events const expected{
        "opened", R"([{"channel":"/meta/disconnect","successful":true}])", "ended"};
    BOOST_TEST(stream.came() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_messages_waiting_while_its_client_does_not_keep_up)
{
    FakeWorld world;
    FakeClient reader(world);
    reader.subscribe("/a");
    Stream stream(world, reader.id(), reader.browser_id());
    stream.came();
    world.engine().link_full(stream.origin());
    FakeClient(world).publish("/a", "1");
    BOOST_TEST(stream.came().empty());
    world.link_ready(stream.origin());
    BOOST_TEST(stream.came() == Events{R"([{"channel":"/a","data":1}])"},
        boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_messages_for_the_next_connect_when_it_is_lost)
{
    FakeWorld world;
    FakeClient reader(world);
    reader.subscribe("/a");
    Stream stream(world, reader.id(), reader.browser_id());
    world.lose(stream.origin());
    FakeClient(world).publish("/a", "1");
    BOOST_TEST(reader.poll().data("/a") == (boost::json::array{1}));
}

BOOST_AUTO_TEST_CASE(is_told_of_to_clients_that_ask_for_it_alone)
{
    EngineOptions options;
    options.allowed_transports = {"websocket", "long-polling", "callback-polling", "eventsource"};
    FakeWorld world(options);
    auto const told = [&](std::string const& more) {
        auto const answer = world.exchange(R"({"channel":"/meta/handshake")" + more + "}");
        return boost::json::serialize(answer.on("/meta/handshake").at("supportedConnectionTypes"));
    };
    std::string const cometd = R"(["websocket","long-polling","callback-polling"])";
    BOOST_TEST(told("") == cometd);
    BOOST_TEST(
        told(R"(,"minimumVersion":"1.0","supportedConnectionTypes":["long-polling"])") == cometd);
    BOOST_TEST(told(R"(,"supportedConnectionTypes":5)") == cometd);
    std::string const faye =
        R"(["websocket","long-polling","cross-origin-long-polling","callback-polling","eventsource"])";
    BOOST_TEST(
        told(R"(,"supportedConnectionTypes":["eventsource","cross-origin-long-polling"])") == faye);
    BOOST_TEST(told(R"(,"supportedConnectionTypes":["long-polling"])") == faye); // Faye 0.8
    BOOST_TEST(
        told(R"(,"supportedConnectionTypes":["long-polling","callback-polling"])") == cometd);
}

BOOST_AUTO_TEST_SUITE_END()
