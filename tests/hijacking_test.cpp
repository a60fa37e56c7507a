// What somebody can do who is not the client of a session, or its browser (wire-behaviour 5.3, 9.5
// and 12.3). trust_test.cpp tries the rules of TrustClientSession one by one.

#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto unknown = "402::session_unknown";

/// A browser's session, whose cookie has come back, subscribed to /a; and what others try.
struct Fixture {
    explicit Fixture(EngineOptions options = {}) : world(std::move(options))
    {
        victim.subscribe("/a");
        victim.poll();
    }

    std::string with_its_id(std::string const& channel, std::string const& more = {}) const
    {
        return R"({"channel":")" + channel + R"(","clientId":")" + victim.id() + '"' + more + '}';
    }
    /// The error of what is sent with this cookie.
    std::string error_of(std::string const& body, std::string browser_id)
    {
        return world.exchange(body, std::move(browser_id)).error();
    }
    std::string error_on_socket(std::string const& body)
    {
        auto const socket = world.open_socket();
        world.send_on(socket, body);
        return world.answered(socket).error();
    }
    /// Nothing has happened to it, and it misses nothing.
    bool is_unharmed()
    {
        FakeClient(world).publish("/a", "1");
        return victim.poll().data("/a") == boost::json::array{1};
    }

    FakeWorld world;
    FakeClient victim{world};
    std::vector<std::string> const everything{with_its_id("/a", R"(,"data":"forged")"),
        with_its_id("/service/a", R"(,"data":"forged")"),
        with_its_id("/meta/connect", R"(,"advice":{"timeout":0})"), with_its_id("/meta/connect"),
        with_its_id("/meta/subscribe", R"(,"subscription":"/b")"),
        with_its_id("/meta/unsubscribe", R"(,"subscription":"/a")"),
        with_its_id("/meta/disconnect")};
};

struct RequiringHandshakes : Fixture {
    RequiringHandshakes() : Fixture(options()) {}
    static EngineOptions options()
    {
        EngineOptions options;
        options.ws_require_handshake_per_connection = true;
        return options;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(hijacking)

BOOST_FIXTURE_TEST_CASE(another_browser_cannot_use_a_session_whose_id_it_knows, Fixture)
{
    FakeClient const thief(world);
    for (auto const& message : everything)
        BOOST_TEST(error_of(message, thief.browser_id()) == unknown, message);
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(nobody_can_use_a_browsers_session_without_its_cookie, Fixture)
{
    for (auto const& message : everything)
        BOOST_TEST(error_of(message, "") == unknown, message);
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(part_of_a_cookie_is_none, Fixture)
{
    auto const& cookie = victim.browser_id();
    for (auto const& wrong : {cookie.substr(1), cookie.substr(0, cookie.size() - 1), cookie + "a",
             std::string(cookie.size(), 'a')})
        BOOST_TEST(error_of(everything.front(), wrong) == unknown, wrong);
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(the_cookie_without_the_id_is_of_no_use, Fixture)
{
    auto const& id = victim.id();
    for (auto const& guess : {std::string(), id.substr(1), id.substr(0, id.size() - 1), id + "a",
             std::string(id.size(), '0'), std::string("__proto__"), std::string("constructor")})
        for (auto const* const channel : {"/meta/connect", "/a", "/meta/disconnect"})
            BOOST_TEST(error_of(R"({"channel":")" + std::string(channel) + R"(","clientId":")" +
                                    guess + R"("})",
                           victim.browser_id()) == unknown,
                guess);
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(a_message_behind_ones_own_cannot_name_another_session, Fixture)
{
    FakeClient thief(world);
    for (auto const& message : everything) {
        auto const answer =
            thief.exchange("[" + thief.message("/b", R"("data":1)") + "," + message + "]");
        BOOST_TEST(answer.on("/b").at("successful").as_bool());
        BOOST_TEST(answer.error() == unknown, message);
    }
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(an_eventsource_url_is_of_no_use_to_another_browser, Fixture)
{
    for (auto const& cookie : {std::string(), FakeClient(world).browser_id(), std::string("x")}) {
        auto const stream = world.open_stream(victim.id(), cookie);
        BOOST_TEST(world.answered(stream).status == 400);
    }
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(a_socket_with_the_id_takes_over_a_long_polling_session, Fixture)
{
    // As in CometD: clients open sockets before they have a cookie.
    BOOST_TEST(error_on_socket(everything.front()).empty());
    BOOST_TEST(error_on_socket(R"({"channel":"/a","clientId":"guess"})") == unknown);
}

BOOST_FIXTURE_TEST_CASE(
    a_socket_takes_over_no_session_when_it_has_to_shake_hands_itself, RequiringHandshakes)
{
    for (auto const& message : everything)
        BOOST_TEST(error_on_socket(message) == unknown, message);
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(a_socket_with_a_session_of_its_own_can_use_no_other, Fixture)
{
    auto const socket = world.open_socket();
    world.send_on(socket, R"({"channel":"/meta/handshake"})");
    BOOST_TEST(world.answered(socket).error().empty());
    for (auto const& message : everything) {
        world.send_on(socket, message);
        BOOST_TEST(world.answered(socket).error() == unknown, message);
    }
    BOOST_TEST(is_unharmed());
}

BOOST_FIXTURE_TEST_CASE(a_handshake_never_gives_an_id_that_was_asked_for, Fixture)
{
    auto const answer =
        world.exchange(with_its_id("/meta/handshake", R"(,"id":"1")"), victim.browser_id());
    BOOST_TEST(answer.on("/meta/handshake").at("clientId").as_string() != victim.id());
    BOOST_TEST(is_unharmed());
}

BOOST_AUTO_TEST_CASE(ids_and_cookies_are_made_of_two_random_numbers_each)
{
    std::set<std::uint64_t> numbers;
    std::uint64_t last = 0;
    Engine engine({}, [&] {
        last += 0x9e3779b97f4a7c15U;
        numbers.insert(last);
        return last;
    });
    auto const before = numbers.size();
    Outbox out;
    engine.receive(Origin{1}, {}, std::get<Batch>(parse_batch(R"({"channel":"/meta/handshake"})")),
        Instant{}, out);
    BOOST_TEST(numbers.size() - before == 4U);
    BOOST_TEST(out.replies.at(0).set_browser_id.size() == 26U);
}

BOOST_AUTO_TEST_SUITE_END()
