#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// HTTP requests that services answer (WebRequest)

namespace {

class Counter : public BayeuxService {
public:
    explicit Counter(ServiceContext& context) : BayeuxService(context, "counter")
    {
        on_request("/now/", &Counter::now);
        on_request("/now/later/", &Counter::later);
        on_request("/alone", &Counter::now);
        on_request("/broken/", &Counter::broken);
        on_request("/forgotten/", &Counter::forgotten);
        on_request("/bad/", &Counter::bad);
    }
    using BayeuxService::on_request;

    std::vector<WebRequest> open;
    WebReply bad_reply;

    void now(WebRequest request)
    {
        std::string const text = std::string(request.head().method()) + ' ' +
                                 std::string(request.rest()) + ' ' +
                                 request.request().parameter("x") + ' ' + request.body();
        request.answer({201, {{"X-Seen", std::string(request.head().header("x-asked"))}}, text});
        request.answer(WebReply::text(500, "too late"));
    }

private:
    void later(WebRequest request) { open.push_back(request); }
    void broken(WebRequest request)
    {
        if (!request.body().empty())
            throw BadMessage("no body, please");
        throw std::runtime_error("cannot");
    }
    void forgotten(WebRequest) {}
    void bad(WebRequest request) { request.answer(bad_reply); }
};

struct Fixture {
    FakeWorld world;
    Counter& counter = world.install<Counter>();

    unsigned status(std::string const& target) { return status(world.request("GET", target)); }
    unsigned status(Origin origin)
    {
        auto const answer = world.web_answer(origin);
        return answer ? answer->status : 0;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(web_request, Fixture)

BOOST_AUTO_TEST_CASE(a_service_answers_what_is_asked_below_its_path)
{
    auto const origin = world.request("PUT", "/now/a%20b/?x=1%202", {{"X-Asked", "y"}}, "body");
    auto const answer = world.web_answer(origin);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 201U);
    BOOST_TEST(answer->body == "PUT a%20b/ 1 2 body");
    BOOST_TEST_REQUIRE(answer->headers.size() == 1U);
    BOOST_TEST(answer->headers[0].value == "y");
    BOOST_TEST(world.engine().statistics().web_requests == 1U);
}

BOOST_AUTO_TEST_CASE(the_longest_path_that_fits_has_the_request)
{
    BOOST_TEST(status("/now/later") == 201U);
    BOOST_TEST(status("/now/later/x") == 0U);
    BOOST_TEST(counter.open.size() == 1U);
    BOOST_TEST(counter.open[0].rest() == "x");
    BOOST_TEST(status("/alone?x") == 201U);
    BOOST_TEST(status("/alone/x") == 404U);
    BOOST_TEST(status("/now") == 404U);
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_later)
{
    auto const origin = world.request("GET", "/now/later/");
    world.pass(1s);
    BOOST_TEST(!counter.open[0].gone());
    auto const copy = counter.open[0];
    counter.open[0].answer(WebReply::text(200, "done"));
    BOOST_TEST(copy.gone());
    BOOST_TEST(status(origin) == 0U);
    world.pass(0ms);
    auto const answer = world.web_answer(origin);
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->body == "done\n");
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_answers_500)
{
    BOOST_TEST(status("/broken/") == 500U);
    BOOST_TEST(world.logged("service counter on /broken/: cannot") == 1U);
    BOOST_TEST(world.engine().statistics().handler_failures == 1U);
}

BOOST_AUTO_TEST_CASE(a_bad_request_is_answered_with_400)
{
    auto const answer = world.web_answer(world.request("POST", "/broken/", {}, "x"));
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->status == 400U);
    BOOST_TEST(answer->body == "no body, please\n");
    BOOST_TEST(world.logged("service counter on /broken/: refused: no body, please") == 1U);
    BOOST_TEST(world.engine().statistics().bad_messages == 1U);
}

BOOST_AUTO_TEST_CASE(a_request_that_nobody_holds_any_more_is_answered_with_500)
{
    BOOST_TEST(status("/forgotten/") == 500U);
    BOOST_TEST(world.logged("service counter on /forgotten/") == 1U);
    auto const origin = world.request("GET", "/now/later/");
    counter.open.clear();
    world.pass(0ms);
    BOOST_TEST(status(origin) == 500U);
}

BOOST_AUTO_TEST_CASE(an_answer_that_takes_too_long_is_504)
{
    auto const origin = world.request("GET", "/now/later/");
    world.pass(29'999ms);
    BOOST_TEST(status(origin) == 0U);
    world.pass(1ms);
    BOOST_TEST(status(origin) == 504U);
    BOOST_TEST(counter.open[0].gone());
    counter.open[0].answer(WebReply::text(200, "too late"));
    world.pass(1s);
    BOOST_TEST(!world.web_answer(origin).has_value());
    BOOST_TEST(world.logged("service counter on /now/later/: no answer in time") == 1U);
    BOOST_TEST(world.engine().statistics().decisions_timed_out == 1U);
}

BOOST_AUTO_TEST_CASE(the_answer_to_a_client_that_has_gone_is_dropped)
{
    auto const origin = world.request("GET", "/now/later/");
    auto const other = world.request("GET", "/now/later/");
    world.lose(origin);
    BOOST_TEST(counter.open[0].gone());
    BOOST_TEST(!counter.open[1].gone());
    counter.open[0].answer(WebReply::text(200, "x"));
    counter.open.clear();
    world.pass(60s);
    BOOST_TEST(!world.web_answer(origin).has_value());
    BOOST_TEST(status(other) == 500U);
}

BOOST_AUTO_TEST_CASE(an_answer_on_its_way_to_a_client_that_goes_is_dropped)
{
    auto const origin = world.request("GET", "/now/later/");
    counter.open[0].answer(WebReply::text(200, "x"));
    world.lose(origin);
    world.pass(60s);
    BOOST_TEST(!world.web_answer(origin).has_value());
}

BOOST_AUTO_TEST_CASE(an_answer_that_would_break_http_is_500)
{
    for (auto const& reply : std::vector<WebReply>{
             {100, {}, ""},
             {600, {}, ""},
             {200, {{"", "x"}}, ""},
             {200, {{"X Y", "x"}}, ""},
             {200, {{"X:", "x"}}, ""},
             {200, {{"X\r\nY", "x"}}, ""},
             {200, {{"X", "a\r\nSet-Cookie: b"}}, ""},
             {200, {{"X", "a\nb"}}, ""},
             {200, {{"X", std::string(1, '\0')}}, ""},
             {200, {{"content-length", "5"}}, ""},
             {200, {{"Transfer-Encoding", "chunked"}}, ""},
             {200, {{"Connection", "close"}}, ""},
             {200, {{"Access-Control-Allow-Origin", "*"}}, ""},
             {200, {{"date", "x"}}, ""},
         }) {
        counter.bad_reply = reply;
        BOOST_TEST(status("/bad/") == 500U);
        BOOST_TEST(!problem_with(reply).empty());
    }
    BOOST_TEST(world.logged("service counter on /bad/: content-length is the server's") == 1U);
    for (auto const& reply : std::vector<WebReply>{
             {200, {{"X", ""}}, ""},
             {599, {{"X-Y", "a\tb \xC3\xBC"}, {"Set-Cookie", "a"}, {"Set-Cookie", "b"}}, "x"},
         })
        BOOST_TEST(problem_with(reply) == "");
}

BOOST_AUTO_TEST_CASE(a_shutdown_answers_what_waits)
{
    auto const origin = world.request("GET", "/now/later/");
    world.shutdown(1s);
    BOOST_TEST(status(origin) == 503U);
    BOOST_TEST(counter.open[0].gone());
}

BOOST_AUTO_TEST_CASE(a_request_may_outlive_the_engine)
{
    std::optional<WebRequest> last;
    {
        FakeWorld short_lived;
        auto& service = short_lived.install<Counter>();
        short_lived.request("GET", "/now/later/");
        short_lived.request("GET", "/now/later/");
        last = service.open[0];
    }
    BOOST_TEST(last->gone());
    last->answer(WebReply{});
}

BOOST_AUTO_TEST_CASE(bad_paths_are_refused)
{
    for (auto const* path : {"", "x", "x/", "/a b", "/a?b", "/a#b", "/a%20", "/now/"})
        BOOST_CHECK_THROW(counter.on_request(path, &Counter::now), std::invalid_argument);
    BOOST_TEST(world.engine().request_prefixes().size() == 6U);
}

BOOST_AUTO_TEST_CASE(nothing_is_asked_of_services_during_a_shutdown)
{
    FakeClient reader(world);
    reader.subscribe("/a");
    reader.publish("/b", "1");
    FakeClient(world).publish("/a", "1");
    world.shutdown(1s);
    BOOST_TEST(world.engine().statistics().sessions == 1U, "still to fetch its message");
    BOOST_TEST(status("/now/x") == 503U);
}

BOOST_AUTO_TEST_SUITE_END()
