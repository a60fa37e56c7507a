#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// Who may use a session: TrustClientSession (wire-behaviour 9.5, 3.4)

namespace {

EngineOptions trusting(TrustClientSession trust)
{
    EngineOptions options;
    options.trust_client_session = trust;
    return options;
}

/// A session, and what a request with this cookie gets for a publish.
struct Fixture {
    FakeWorld world;
    std::string id;
    std::string cookie; ///< as the handshake set it; else what the request brought

    Fixture(TrustClientSession trust, std::string brought) : world(trusting(trust)), cookie(brought)
    {
        auto const answer = world.exchange(R"({"channel":"/meta/handshake"})", std::move(brought));
        id = answer.on("/meta/handshake").at("clientId").as_string().c_str();
        if (!answer.set_browser_id.empty())
            cookie = answer.set_browser_id;
    }
    bool works_with(std::string browser_id)
    {
        auto const answer = world.exchange(
            R"({"channel":"/foo","clientId":")" + id + R"("})", std::move(browser_id));
        return answer.on("/foo").at("successful").as_bool();
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(untrusting_every_request_must_bring_the_cookie_that_the_handshake_set)
{
    Fixture session(TrustClientSession::no, "");
    BOOST_TEST(!session.works_with(""));
    BOOST_TEST(!session.works_with("another"));
    BOOST_TEST(session.works_with(session.cookie));
    BOOST_TEST(!session.works_with(""));
}

BOOST_AUTO_TEST_CASE(untrusting_a_cookie_that_the_handshake_brought_is_demanded_from_then_on)
{
    Fixture session(TrustClientSession::no, "abc");
    BOOST_TEST(session.works_with("abc"));
    BOOST_TEST(!session.works_with(""));
    BOOST_TEST(!session.works_with("abd"));
}

BOOST_AUTO_TEST_CASE(untrusting_the_refusal_looks_like_an_unknown_session)
{
    Fixture session(TrustClientSession::no, "");
    BOOST_TEST(
        session.world
            .exchange(R"({"channel":"/meta/connect","id":"2","clientId":")" + session.id + R"("})")
            .text ==
        R"([{"channel":"/meta/connect","id":"2","successful":false,)"
        R"("error":"402::session_unknown","advice":{"reconnect":"handshake","interval":0}}])");
    BOOST_TEST(session.world.engine().statistics().unknown_sessions == 1U);
    BOOST_TEST(session.works_with(session.cookie)); // and does the session no harm
}

BOOST_AUTO_TEST_CASE(trusting_the_client_id_is_enough)
{
    Fixture session(TrustClientSession::yes, "abc");
    BOOST_TEST(session.works_with(""));
    BOOST_TEST(session.works_with("another"));
    BOOST_TEST(session.works_with("abc"));
}

BOOST_AUTO_TEST_CASE(automatically_a_client_without_cookies_works_and_goes_on_working)
{
    Fixture session(TrustClientSession::automatic, "");
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(session.works_with(""));
}

BOOST_AUTO_TEST_CASE(automatically_the_cookie_is_demanded_once_it_was_brought_back)
{
    Fixture session(TrustClientSession::automatic, "");
    BOOST_TEST(session.works_with(""));
    BOOST_TEST(session.works_with(session.cookie));
    BOOST_TEST(!session.works_with(""));
    BOOST_TEST(!session.works_with("another"));
    BOOST_TEST(session.works_with(session.cookie));
}

BOOST_AUTO_TEST_CASE(
    automatically_a_cookie_that_the_handshake_brought_is_demanded_once_it_comes_again)
{
    // Faye before 1.4 shakes hands by JSONP, with cookies, and posts to another origin without
    // them.
    Fixture session(TrustClientSession::automatic, "abc");
    BOOST_TEST(session.works_with(""));
    BOOST_TEST(!session.works_with("another"));
    BOOST_TEST(session.works_with(""));
    BOOST_TEST(session.works_with("abc"));
    BOOST_TEST(!session.works_with(""));
    BOOST_TEST(!session.works_with("another"));
}

BOOST_AUTO_TEST_CASE(automatically_a_session_takes_the_cookie_of_the_tab_that_was_served_last)
{
    // Two tabs that open at once without a cookie: the second answer replaces the first's cookie.
    Fixture session(TrustClientSession::automatic, "");
    auto const second = session.world.exchange(R"({"channel":"/meta/handshake"})");
    BOOST_TEST(session.works_with(second.set_browser_id));
    BOOST_TEST(!session.works_with(session.cookie));
}

BOOST_AUTO_TEST_CASE(trusted_sessions_of_changing_browsers_are_counted_where_they_are_held)
{
    FakeWorld world(trusting(TrustClientSession::yes));
    FakeClient client(world);
    auto const connect = [&](std::string browser) {
        return world.send(client.message("/meta/connect"), std::move(browser));
    };
    BOOST_TEST(!world.answer(connect("one")).has_value());
    BOOST_TEST(!world.answer(connect("two")).has_value());
    FakeClient other(world);
    BOOST_TEST(
        !world.answer(world.send(other.message("/meta/connect"), "one")).has_value()); // free again
    BOOST_TEST(
        world.answer(world.send(FakeClient(world).message("/meta/connect"), "two")).has_value());
}
