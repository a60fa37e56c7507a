// No line of the log shows a whole clientId, or the cookie of a browser.

#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

/// Every limit is near.
EngineOptions narrow()
{
    EngineOptions options;
    options.max_batch = 2;
    options.max_subscriptions = 1;
    options.max_queue = 1;
    options.max_sessions = 30;
    options.max_sessions_per_address = 25;
    options.max_message_rate = 2;
    options.max_channels = 12;
    options.decision_timeout = 1s;
    return options;
}

} // namespace

BOOST_AUTO_TEST_CASE(whatever_clients_do_no_log_line_shows_a_whole_id_or_cookie)
{
    FakeWorld world(narrow());
    std::vector<std::string> secrets;
    auto const keep = [&](FakeClient const& client) {
        secrets.push_back(client.id());
        secrets.push_back(client.browser_id());
    };
    auto const throwing = [](Incoming&) -> Decision { throw std::runtime_error("no"); };
    world.context().channel("/service/throws").add_listener("test", throwing);
    world.context().channel("/service/later").add_listener("test", [](Incoming&) {
        return Decision::later();
    });
    world.context().channel("/service/bad").add_listener("test", [](Incoming&) -> Decision {
        throw BadMessage("no");
    });
    world.context().channel("/service/no").add_listener("test", [](Incoming&) {
        return Decision::deny();
    });
    auto const local = world.context().local_session("hint");
    local->subscribe("/a", [](Message const&) { throw std::runtime_error("no"); });
    local->publish("/meta/no", 1);
    world.pass(0ms);
    secrets.push_back(local->id());

    FakeClient client(world);
    keep(client);
    for (auto const* const channel : {"/a", "/service/throws", "/service/bad", "/service/no",
             "/meta/none", "/a//b", "/x", "/y", "/z", "/w"})
        client.publish(channel, "1");
    client.send(client.message("/service/later"));
    for (auto const* const channel : {"/a", "/b", "/meta/connect", "/a//b"})
        client.subscribe(channel);
    client.exchange(
        "[" + client.message("/a") + "," + client.message("/a") + "," + client.message("/a") + "]");
    world.pass(2s);
    FakeClient other(world);
    keep(other);
    for (int n = 0; n < 3; ++n)
        other.publish("/a", "1");
    auto const somebody = R"({"channel":"/meta/connect","clientId":")" + client.id() + R"("})";
    for (int n = 0; n < 20; ++n)
        world.exchange(somebody, "another" + std::to_string(n));
    world.exchange(R"([{"channel":"/meta/handshake"},)" + somebody + "]");
    world.answer(world.open_stream(client.id(), "another"));
    for (int n = 0; n < 30; ++n)
        world.exchange(R"({"channel":"/meta/handshake"})", "a-cookie-that-is-brought-again");
    secrets.emplace_back("a-cookie-that-is-brought-again");
    world.pass(60s);

    BOOST_TEST(world.log().size() >= 15U);
    for (auto const& event : world.log())
        for (auto const& secret : secrets)
            BOOST_TEST(event.text.find(secret) == std::string::npos, event.text);
}
