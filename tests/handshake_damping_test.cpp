#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

std::string const a_handshake = R"({"channel":"/meta/handshake"})";

std::int64_t interval_of(Answer const& answer, std::string_view channel = "/meta/handshake")
{
    return answer.on(channel).at("advice").at("interval").as_int64();
}

} // namespace

BOOST_AUTO_TEST_SUITE(handshake_damping)

BOOST_AUTO_TEST_CASE(a_client_that_only_shakes_hands_waits_longer_and_longer)
{
    FakeWorld world;
    std::vector<std::int64_t> intervals;
    intervals.reserve(20);
    for (int n = 0; n < 20; ++n)
        intervals.push_back(interval_of(world.exchange(a_handshake)));
    std::vector<std::int64_t> const expected{
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 10000, 10000, 10000};
    BOOST_TEST(intervals == expected, boost::test_tools::per_element());
    BOOST_TEST(world.engine().statistics().handshakes_damped == 9U);
    BOOST_TEST(world.logged("again and again") == 1U);
}

BOOST_AUTO_TEST_CASE(its_advice_is_complete_and_its_session_lives_as_long_as_it_is_told_to_wait)
{
    FakeWorld world;
    Answer last;
    for (int n = 0; n < 18; ++n)
        last = world.exchange(a_handshake);
    auto const& advice = last.on("/meta/handshake").at("advice").as_object();
    BOOST_TEST(advice.at("reconnect").as_string() == "retry");
    BOOST_TEST(advice.at("timeout").as_int64() == 30000);
    BOOST_TEST(advice.at("interval").as_int64() == 10000);
    std::string const id = last.on("/meta/handshake").at("clientId").as_string().c_str();
    world.pass(19s);
    BOOST_TEST((world.context().session(id) != nullptr));
}

BOOST_AUTO_TEST_CASE(a_page_that_connects_and_disconnects_at_once_is_slowed_down)
{
    FakeWorld world;
    FakeClient page(world);
    page.disconnect();
    std::int64_t last = 0;
    for (int n = 0; n < 15; ++n) {
        FakeClient next(world, page);
        next.disconnect();
        last = interval_of(world.exchange(a_handshake, page.browser_id()));
    }
    BOOST_TEST(last > 0);
}

BOOST_AUTO_TEST_CASE(a_page_that_is_reloaded_again_and_again_is_slowed_down)
{
    FakeWorld world;
    FakeClient page(world);
    for (int n = 0; n < 15; ++n) {
        FakeClient next(world, page);
        world.lose(next.connect());
    }
    BOOST_TEST(interval_of(world.exchange(a_handshake, page.browser_id())) > 0);
}

BOOST_AUTO_TEST_CASE(many_tabs_of_one_browser_are_no_loop)
{
    FakeWorld world;
    FakeClient first(world);
    std::vector<std::unique_ptr<FakeClient>> tabs;
    tabs.reserve(50);
    for (int n = 0; n < 50; ++n)
        tabs.push_back(std::make_unique<FakeClient>(world, first));
    BOOST_TEST(world.engine().statistics().handshakes_damped == 0U);
}

BOOST_AUTO_TEST_CASE(others_behind_the_same_address_are_not_slowed_down)
{
    FakeWorld world;
    for (int n = 0; n < 20; ++n)
        world.exchange(a_handshake);
    auto const socket = world.open_socket(); // the same address, another connection
    world.send_on(socket, a_handshake);
    BOOST_TEST(interval_of(world.answered(socket)) == 0);
    BOOST_TEST(interval_of(world.exchange(a_handshake, "a cookie of its own")) == 0);
}

BOOST_AUTO_TEST_CASE(it_can_be_switched_off)
{
    EngineOptions options;
    options.damp_handshakes = false;
    FakeWorld world(options);
    Answer last;
    for (int n = 0; n < 20; ++n)
        last = world.exchange(a_handshake);
    BOOST_TEST(interval_of(last) == 0);
}

BOOST_AUTO_TEST_CASE(it_is_forgotten_with_time)
{
    FakeWorld world;
    for (int n = 0; n < 15; ++n)
        world.exchange(a_handshake);
    world.pass(60s);
    BOOST_TEST(interval_of(world.exchange(a_handshake)) == 0);
}

BOOST_AUTO_TEST_CASE(a_client_whose_cookies_are_lost_is_slowed_down_at_the_refusal)
{
    EngineOptions options;
    options.trust_client_session = TrustClientSession::no;
    FakeWorld world(options);
    auto const refused_connect = [&] {
        FakeClient victim(world); // it keeps its cookie; the next request comes without
        return world.exchange(victim.message("/meta/connect"));
    };
    for (int n = 0; n < 10; ++n) {
        auto const refusal = refused_connect();
        BOOST_TEST(refusal.error() == "402::session_unknown");
        BOOST_TEST(interval_of(refusal, "/meta/connect") == 0);
    }
    auto const refusal = refused_connect();
    BOOST_TEST(interval_of(refusal, "/meta/connect") == 250);
    auto const& advice = refusal.on("/meta/connect").at("advice").as_object();
    BOOST_TEST(advice.at("reconnect").as_string() == "handshake");
    BOOST_TEST(advice.at("timeout").as_int64() == 30000);
}

BOOST_AUTO_TEST_CASE(clients_that_come_back_after_a_restart_are_not_slowed_down)
{
    FakeWorld world;
    for (int n = 0; n < 50; ++n) {
        auto const refusal =
            world.exchange(R"({"channel":"/meta/connect","clientId":"of-the-time-before-)" +
                           std::to_string(n) + "\"}");
        BOOST_TEST(interval_of(refusal, "/meta/connect") == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
