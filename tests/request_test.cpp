#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::testing;

// The request behind a message (Request, RequestHead)

namespace {

RequestHead const some_head("PUT", "/cometd/x%20y?user=A%20%2B+b&empty=&user=second&bad=%zz",
    {{"Host", "example.org"}, {"User-Agent", "Tester/1"}, {"X-Many", "1"}, {"x-MANY", "2"},
        {"Cookie", "a=b; session=\"17\""}, {"Cookie", "late=5"}});

/// Keeps what the requests of handshakes say.
class Clerk : public BayeuxService {
public:
    explicit Clerk(ServiceContext& context) : BayeuxService(context, "clerk")
    {
        context.need_request_heads();
    }
    std::string agents;

private:
    void session_added(Session& session, Message const&) override
    {
        agents.append(session.user_agent()) += '|';
    }
};

struct HeadReader : SecurityPolicy {
    std::string host;
    Decision may_handshake(
        Session&, Request const& request, Message const&, MessageReply&, Pending) override
    {
        host = request.header("Host");
        return Decision::allow();
    }
};

constexpr auto handshake = R"([{"channel":"/meta/handshake"}])";

Request request_with_head()
{
    Request request;
    request.kept_head = std::make_shared<RequestHead const>(some_head);
    return request;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_head_tells_what_was_asked_for)
{
    BOOST_TEST(some_head.method() == "PUT");
    BOOST_TEST(some_head.path() == "/cometd/x%20y");
    BOOST_TEST(some_head.query() == "user=A%20%2B+b&empty=&user=second&bad=%zz");
    BOOST_TEST(RequestHead("GET", "/x", {}).query() == "");
    BOOST_TEST(RequestHead("GET", "/x?", {}).query() == "");
    BOOST_TEST(RequestHead().path() == "");
}

BOOST_AUTO_TEST_CASE(headers_are_found_in_any_case)
{
    BOOST_TEST(some_head.header("user-agent") == "Tester/1");
    BOOST_TEST(some_head.header("X-many") == "1");
    BOOST_TEST(some_head.header("X-None") == "");
    auto const many = some_head.header_values("x-many");
    BOOST_TEST_REQUIRE(many.size() == 2U);
    BOOST_TEST(many[1] == "2");
    BOOST_TEST(some_head.header_values("X-None").empty());
}

BOOST_AUTO_TEST_CASE(cookies_are_found_in_all_cookie_headers)
{
    BOOST_TEST(some_head.cookie("a") == "b");
    BOOST_TEST(some_head.cookie("session") == "17");
    BOOST_TEST(some_head.cookie("late") == "5");
    BOOST_TEST(some_head.cookie("sess") == "");
    BOOST_TEST(some_head.cookie("A") == "");
}

BOOST_AUTO_TEST_CASE(parameters_are_decoded)
{
    BOOST_TEST(some_head.parameter("user") == "A + b");
    BOOST_TEST(some_head.parameter("empty") == "");
    BOOST_TEST(some_head.parameter("none") == "");
    BOOST_TEST(some_head.parameter("bad") == "");
}

BOOST_AUTO_TEST_CASE(of_several_parameters_of_a_name_the_first_one_alone_counts)
{
    auto const x = [](std::string const& query) {
        return RequestHead("GET", "/?" + query, {}).parameter("x");
    };
    BOOST_TEST(x("x=1&x=2") == "1");
    BOOST_TEST(x("x=1&x=%") == "1");
    BOOST_TEST(x("y=%&%zz=3&x=%31&x=%zz") == "1");
    BOOST_TEST(x("x=%&x=1") == "");
    BOOST_TEST(x("x&x=1") == "");
}

BOOST_AUTO_TEST_CASE(a_policy_reads_the_head_when_a_service_needs_heads)
{
    auto policy = std::make_unique<HeadReader>();
    auto const& reader = *policy;
    FakeWorld world({}, std::move(policy));
    Clerk const clerk(world.context());
    world.answered(world.send(handshake, request_with_head()));
    BOOST_TEST(reader.host == "example.org");
    BOOST_TEST(world.engine().needs_request_heads());
}

BOOST_AUTO_TEST_CASE(reading_a_head_that_is_not_kept_fails_with_a_clear_text)
{
    FakeWorld world({}, std::make_unique<HeadReader>());
    BOOST_TEST(!world.engine().needs_request_heads());
    auto const answer = world.exchange(handshake);
    BOOST_TEST(answer.error() == "403::handshake_denied");
    BOOST_TEST(world.logged("need_request_heads()") == 1U);
}

BOOST_AUTO_TEST_CASE(a_session_knows_the_user_agent_of_its_handshake)
{
    FakeWorld world;
    Clerk clerk(world.context());
    world.context().add_listener(clerk);
    world.answered(world.send(handshake, request_with_head()));
    world.exchange(handshake);
    auto const local = world.context().local_session("desk");
    world.pass(Duration(0));
    BOOST_TEST(clerk.agents == "Tester/1|||");
}

BOOST_AUTO_TEST_CASE(heads_are_asked_for_in_constructors_only)
{
    FakeWorld world;
    bool refused = false;
    world.context().channel("/a").add_listener("late", [&](Incoming&) {
        try {
            world.context().need_request_heads();
        } catch (std::logic_error const&) {
            refused = true;
        }
        return Decision::allow();
    });
    FakeClient client(world);
    client.publish("/a", "1");
    BOOST_TEST(refused);
    BOOST_TEST(!world.engine().needs_request_heads());
}
