#include "bayeux/testing/fake_world.hpp"
#include "services/reverse_http.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

/// A page, which may have the name `home`.
struct Page : FakeClient {
    using FakeClient::FakeClient;

    /// Makes a remote call and returns what its answer says.
    json::object call(std::string const& target, std::string const& data)
    {
        auto const channel = "/service/via/" + target;
        auto const reply = publish(channel, data);
        auto const all = poll();
        auto const& from = reply.count(channel) > 1 ? reply : all;
        for (auto const& element : from.body)
            if (auto const& object = element.as_object();
                object.at("channel").as_string() == channel && object.contains("data"))
                return object;
        throw Failure("no answer to the call");
    }
    bool succeeds(std::string const& target, std::string const& data)
    {
        return call(target, data).at("successful").as_bool();
    }
    json::value failure(std::string const& target, std::string const& data)
    {
        auto const answer = call(target, data);
        BOOST_TEST(!answer.at("successful").as_bool());
        return answer.at("data");
    }
    json::array asked() { return received("/service/via/request"); }
};

struct Fixture {
    FakeWorld world;
    json::object last_call;
    services::ReverseHttp& service =
        world.install<services::ReverseHttp>(services::ReverseHttp::Options{});
    Page page{world};

    Fixture() { BOOST_TEST_REQUIRE(page.succeeds("register", R"({"name":"home"})")); }

    Origin get(std::string const& target, std::vector<Header> headers = {})
    {
        return world.request("GET", target, std::move(headers));
    }
    unsigned status(Origin origin)
    {
        world.pass(0ms);
        auto const answer = world.web_answer(origin);
        return answer ? answer->status : 0;
    }
    WebReply answer(Origin origin)
    {
        world.pass(0ms);
        auto answer = world.web_answer(origin);
        if (!answer)
            throw Failure("no answer");
        return std::move(*answer);
    }
    /// The answer that `members` make, besides the id.
    WebReply answered_with(std::string const& members)
    {
        auto const origin = get("/via/home/");
        last_call = page.call(
            "answer", R"({"id":)" + json::serialize(page.asked().at(0).at("id")) + members + "}");
        return answer(origin);
    }
};

std::string header(WebReply const& reply, std::string_view name)
{
    std::string values;
    for (auto const& header : reply.headers)
        if (header.name == name)
            values += header.value + "|";
    return values;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(reverse_http, Fixture)

BOOST_AUTO_TEST_CASE(a_page_answers_what_is_asked_below_its_name)
{
    auto const origin = world.request("POST", "/via/home/a%20b/?x=y&z",
        {{"Host", "h"}, {"X-Many", "1"}, {"x-many", "2"}}, "grüß");
    BOOST_TEST(status(origin) == 0U);
    auto const asked = page.asked();
    BOOST_TEST_REQUIRE(asked.size() == 1U);
    BOOST_TEST(
        asked[0] == (json::object{{"id", "1"}, {"name", "home"}, {"method", "POST"},
                        {"path", "/a%20b/"}, {"query", "x=y&z"},
                        {"headers", {{"host", "h"}, {"x-many", "1, 2"}}}, {"body", "grüß"}}));
    BOOST_TEST(page.succeeds("answer",
        R"({"id":"1","status":201,"headers":{"Content-Type":"text/x","ETag":"e"},"body":"ja"})"));
    auto const reply = answer(origin);
    BOOST_TEST(reply.status == 201U);
    BOOST_TEST(reply.body == "ja");
    BOOST_TEST(header(reply, "Content-Type") == "text/x|");
    BOOST_TEST(header(reply, "ETag") == "e|");
}

BOOST_AUTO_TEST_CASE(an_answer_may_be_nothing_but_its_id)
{
    auto const reply = answered_with("");
    BOOST_TEST(reply.status == 200U);
    BOOST_TEST(reply.body == "");
    BOOST_TEST(header(reply, "Cache-Control") == "no-store|");
}

BOOST_AUTO_TEST_CASE(bytes_travel_in_base64)
{
    std::string const bytes("\xff\0", 2);
    auto const origin = world.request("PUT", "/via/home/", {}, bytes);
    auto const asked = page.asked().at(0).as_object();
    BOOST_TEST(asked.at("body") == "/wA=");
    BOOST_TEST(asked.at("encoding") == "base64");
    BOOST_TEST(page.succeeds("answer", R"({"id":"1","body":"/wA=","encoding":"base64"})"));
    BOOST_TEST(answer(origin).body == bytes);
}

BOOST_AUTO_TEST_CASE(headers_that_are_no_utf8_reach_the_page_as_latin_1)
{
    get("/via/home/", {{"X-Name", "f\xfcr"}});
    BOOST_TEST(page.asked().at(0).at("headers").at("x-name") == "für");
}

BOOST_AUTO_TEST_CASE(what_is_not_for_the_page_stays_here)
{
    get("/via/home/", {{"Cookie", "c"}, {"Authorization", "a"}, {"Proxy-Authorization", "p"},
                          {"Connection", "keep-alive, X-Hop"}, {"x-hop", "h"}, {"TE", "t"},
                          {"Transfer-Encoding", "chunked"}, {"Upgrade", "u"}, {"Accept", "*/*"}});
    BOOST_TEST(page.asked().at(0).at("headers") == (json::object{{"accept", "*/*"}}));
}

BOOST_AUTO_TEST_CASE(answers_are_kept_in_a_sandbox)
{
    auto const reply = answered_with(
        R"(,"headers":{"Set-Cookie":"a=b","Content-Security-Policy":"none","Clear-Site-Data":"*",)"
        R"("Access-Control-Allow-Origin":"*","X-Accel-Redirect":"/x","Content-Length":"9",)"
        R"("Service-Worker-Allowed":"/","cache-control":"max-age=5"})");
    BOOST_TEST(reply.headers.size() == 3U);
    BOOST_TEST(header(reply, "cache-control") == "max-age=5|");
    BOOST_TEST(header(reply, "Content-Security-Policy") == "sandbox allow-scripts allow-forms|");
    BOOST_TEST(header(reply, "X-Content-Type-Options") == "nosniff|");
    BOOST_TEST(status(get("/via/home/sw.js", {{"Service-Worker", "script"}})) == 403U);
}

BOOST_AUTO_TEST_CASE(nobody_is_found_under_another_name)
{
    for (auto const* target : {"/via/", "/via/nobody/", "/via//", "/via/HOME/", "/via/hom%65/"})
        BOOST_TEST(status(get(target)) == 404U, target);
    BOOST_TEST(page.asked().empty());
}

BOOST_AUTO_TEST_CASE(a_name_without_a_slash_leads_to_one_with)
{
    auto const reply = answer(get("/via/home?x"));
    BOOST_TEST(reply.status == 308U);
    BOOST_TEST(header(reply, "Location") == "/via/home/?x|");
}

BOOST_AUTO_TEST_CASE(a_page_that_is_silent_makes_504)
{
    auto const origin = get("/via/home/");
    page.asked();
    auto const held = page.connect(); // lives on
    world.pass(19'999ms);
    BOOST_TEST(status(origin) == 0U);
    world.pass(1ms);
    BOOST_TEST(status(origin) == 504U);
    world.lose(held);
    BOOST_TEST(page.failure("answer", R"({"id":"1"})") == "nobody waits for this answer");
}

BOOST_AUTO_TEST_CASE(a_page_that_goes_makes_502)
{
    auto const origin = get("/via/home/");
    page.disconnect();
    BOOST_TEST(status(origin) == 502U);
    BOOST_TEST(status(get("/via/home/")) == 404U);
}

BOOST_AUTO_TEST_CASE(a_page_that_falls_silent_makes_502_when_its_session_ends)
{
    auto const origin = get("/via/home/");
    world.pass(10s);
    BOOST_TEST(status(origin) == 502U);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_let_go_makes_502)
{
    auto const origin = get("/via/home/");
    BOOST_TEST(page.succeeds("unregister", R"({"name":"home"})"));
    BOOST_TEST(status(origin) == 502U);
    BOOST_TEST(status(get("/via/home/")) == 404U);
    BOOST_TEST(page.failure("unregister", R"({"name":"home"})") == "the name home is not yours");
}

BOOST_AUTO_TEST_CASE(a_name_belongs_to_one_session_at_a_time)
{
    Page other(world);
    BOOST_TEST(other.failure("register", R"({"name":"home"})") == "the name home is taken");
    BOOST_TEST(other.failure("unregister", R"({"name":"home"})") == "the name home is not yours");
    BOOST_TEST(page.succeeds("register", R"({"name":"home"})"));
    page.disconnect();
    BOOST_TEST(other.call("register", R"({"name":"home"})").at("data") ==
               (json::object{{"name", "home"}, {"path", "/via/home/"}}));
    auto const origin = get("/via/home/");
    BOOST_TEST(other.asked().size() == 1U);
    BOOST_TEST(other.succeeds("answer", R"({"id":"1"})"));
    BOOST_TEST(status(origin) == 200U);
}

BOOST_AUTO_TEST_CASE(nobody_answers_for_another)
{
    Page other(world);
    auto const origin = get("/via/home/");
    BOOST_TEST(other.failure("answer", R"({"id":"1"})") == "nobody waits for this answer");
    BOOST_TEST(status(origin) == 0U);
    BOOST_TEST(page.succeeds("answer", R"({"id":"1"})"));
    BOOST_TEST(status(origin) == 200U);
    BOOST_TEST(page.failure("answer", R"({"id":"1"})") == "nobody waits for this answer");
}

BOOST_AUTO_TEST_CASE(so_many_requests_wait_and_no_more)
{
    std::vector<Origin> waiting;
    for (int n = 0; n < 16; ++n)
        waiting.push_back(get("/via/home/"));
    BOOST_TEST(status(get("/via/home/")) == 503U);
    BOOST_TEST(page.succeeds("answer", R"({"id":"7"})"));
    BOOST_TEST(status(get("/via/home/")) == 0U);
    BOOST_TEST(status(waiting[6]) == 200U);
}

BOOST_AUTO_TEST_CASE(requests_whose_clients_have_hung_up_take_no_room)
{
    for (int n = 0; n < 16; ++n)
        world.lose(get("/via/home/"));
    BOOST_TEST(status(get("/via/home/")) == 0U);
}

BOOST_AUTO_TEST_CASE(a_page_may_send_who_asks_to_this_server_alone)
{
    auto const origin = get("/via/home/");
    BOOST_TEST(
        page.failure("answer", R"({"id":"1","headers":{"Location":"//elsewhere.example/"}})") ==
        "data.headers must have a location that is a path of this server");
    BOOST_TEST(status(origin) == 502U);
    auto const other = get("/via/home/");
    BOOST_TEST(page.succeeds("answer", R"({"id":"2","status":303,"headers":{"location":"/a"}})"));
    BOOST_TEST(status(other) == 303U);
}

BOOST_AUTO_TEST_CASE(a_session_has_so_many_names_and_no_more)
{
    for (int n = 1; n < 16; ++n)
        BOOST_TEST(page.succeeds("register", R"({"name":"n)" + std::to_string(n) + R"("})"));
    BOOST_TEST(page.failure("register", R"({"name":"more"})") == "too many names");
}

BOOST_AUTO_TEST_CASE(bad_calls_are_refused_with_the_reason)
{
    for (auto const* data : {"5", "{}", R"({"name":5})", R"({"name":""})", R"({"name":"a/b"})",
             R"({"name":"a.b"})", R"({"name":"ü"})"}) {
        auto const why = page.failure("register", data);
        BOOST_TEST(std::string_view(why.as_string()).starts_with("data"), why);
    }
    auto const long_name = R"({"name":")" + std::string(65, 'x') + R"("})";
    BOOST_TEST(!page.succeeds("register", long_name));
    BOOST_TEST(!page.succeeds("answer", R"({"id":1})"));
    BOOST_TEST(page.failure("answer", R"({"id":"1"})") == "nobody waits for this answer");
}

BOOST_AUTO_TEST_CASE(bad_answers_are_refused_and_make_502)
{
    for (auto const* members : {R"("status":"200")", R"("status":199)", R"("status":600)",
             R"("status":2.5)", R"("headers":[])", R"("headers":{"ETag":5})",
             R"("headers":{"ETag":"a\r\nSet-Cookie: b"})", R"("headers":{"Location":"a\u0000"})",
             R"("body":{})", R"("encoding":"gzip")", R"("body":"x","encoding":"base64")"}) {
        BOOST_TEST(answered_with(std::string(",") + members).status == 502U, members);
        BOOST_TEST(last_call.at("successful") == false, members);
    }
    // What no answer of a page may say is left out.
    BOOST_TEST(answered_with(R"(,"headers":{"X\r\nY":"a"})").headers.size() == 3U);
}

BOOST_AUTO_TEST_CASE(the_answer_to_somebody_who_has_gone_is_dropped)
{
    auto const origin = get("/via/home/");
    world.lose(origin);
    BOOST_TEST(page.succeeds("answer", R"({"id":"1"})"));
    BOOST_TEST(status(origin) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(reverse_http_waits_as_long_as_its_option_says)
{
    FakeWorld world;
    world.install<services::ReverseHttp>(services::ReverseHttp::Options{.timeout = 2s});
    Page page(world);
    page.call("register", R"({"name":"home"})");
    auto const origin = world.request("GET", "/via/home/");
    world.pass(2s);
    BOOST_TEST(world.web_answer(origin)->status == 504U);
}
