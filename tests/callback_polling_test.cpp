#include "server/callback_polling.hpp"
#include "tests/http_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;

namespace {

std::string get(std::string_view target, std::string_view headers = "")
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
           "\r\n";
}

struct Settings : HttpSettings {
    Response to(std::string_view target) const { return response_to(*this, get(target)); }
};

Response response_of(Reply const& reply, std::string_view callback = "cb")
{
    std::string out;
    append_callback_reply(out, reply, callback, {.persistence = Persistence::keep_alive}, {});
    auto response = take_response(out);
    BOOST_TEST(out == "");
    return response;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(callback_polling_transport, Settings)

BOOST_AUTO_TEST_CASE(a_get_with_a_callback_reaches_the_engine_and_its_reply_calls_back)
{
    HttpDriver driver(*this);
    driver.engine = nullptr;
    driver.send(
        get("/cometd/connect?jsonp=_cometd_jsonp_7&message=%5B%7B%22channel%22%3A%22%2Fa%22%7D%5D"
            "&_=1698",
            "Cookie: BAYEUX_BROWSER=b\r\n"));
    BOOST_TEST(driver.connection.awaiting_answer());
    BOOST_TEST_REQUIRE(driver.requests.size() == 1U);
    auto const& request = driver.requests[0].request;
    BOOST_TEST((request.transport == Transport::callback_polling));
    BOOST_TEST(request.browser_id == "b");
    driver.answer(echo(driver.requests[0]));
    BOOST_TEST(take_response(driver.output).body == R"(/**/_cometd_jsonp_7(["b","/a"]))");
    BOOST_TEST(driver.connection.idle());
    driver.send(post("{}"));
    driver.answer(echo(driver.requests.at(1)));
    BOOST_TEST(
        take_response(driver.output).body == R"(["",""])", "the callback was for one answer");
}

BOOST_AUTO_TEST_CASE(several_messages_are_one_batch_in_their_order)
{
    BOOST_TEST(to(R"(/cometd?message=[{"channel":"/a"},{"channel":"/b"}]&jsonp=c)"
                  R"(&message={"channel":"/c"})")
                   .body == R"(/**/c(["","/a","/b","/c"]))");
}

BOOST_AUTO_TEST_CASE(names_of_functions_are_taken_as_clients_make_them)
{
    std::vector<std::string> const names{"dojo.io.script.jsonp_dojoIoScript12._jsonpCallback",
        "__jsonp3__", "angular.callbacks._0", "jQuery34108_1234", "$-a", std::string(64, 'x')};
    for (auto const& name : names)
        BOOST_TEST(
            to("/cometd?jsonp=" + name + "&message={}").body == "/**/" + name + R"((["",""]))");
    BOOST_TEST(to("/cometd?message={}").body == R"(/**/jsonpcallback(["",""]))");
}

BOOST_AUTO_TEST_CASE(a_callback_that_is_missing_repeated_too_long_or_no_name_is_refused)
{
    std::vector<std::string> const queries{"jsonp=", "jsonp", "jsonp=a&jsonp=b", "jsonp=a&jsonp=a",
        "jsonp=" + std::string(65, 'x'), "jsonp=alert(1)", "jsonp=a;b", "jsonp=a%2B",
        "jsonp=%C3%A9", "jsonp=a+b", "jsonp=%", "jsonp=%3Cscript%3E"};
    for (auto const& query : queries) {
        auto const response = to("/cometd?message={}&" + query);
        BOOST_TEST(response.status == 400U, query);
        BOOST_TEST(response.body == "Unknown Bayeux Transport\n");
        BOOST_TEST(response["Content-Type"] == "text/plain");
    }
    BOOST_TEST(to("/cometd").status == 400U);
    BOOST_TEST(to("/cometd?x=y").status == 400U);
}

BOOST_AUTO_TEST_CASE(what_is_no_batch_is_refused_without_a_script)
{
    for (auto const& [query, status] : {std::pair{"jsonp=cb", 500U},
             std::pair{"jsonp=cb&message=[{", 400U}, std::pair{"jsonp=cb&message=", 400U},
             std::pair{"jsonp=cb&message=[]", 500U}, std::pair{"jsonp=cb&message=%5", 400U}}) {
        auto const response = to("/cometd?" + std::string(query));
        BOOST_TEST(response.status == status, query);
        BOOST_TEST(response["Content-Type"] == "text/plain");
        BOOST_TEST(response.body.find("cb") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(nothing_but_get_under_a_mount_is_of_this_transport)
{
    auto const* const target = "/cometd?jsonp=cb&message={}";
    for (std::string const method : {"PUT", "get", "DELETE"}) {
        auto request = get(target);
        BOOST_TEST(response_to(*this, request.replace(0, 3, method)).status == 400U, method);
    }
    auto head = get(target);
    BOOST_TEST(response_to(*this, head.replace(0, 3, "HEAD"), Content::head_only).status == 400U);
    BOOST_TEST(to("/elsewhere?jsonp=cb&message={}").status == 404U);
    callback_polling = false;
    BOOST_TEST(to(target).status == 400U);
}

BOOST_AUTO_TEST_CASE(a_get_with_a_body_is_answered_and_the_connection_closed)
{
    HttpDriver driver(*this);
    driver.send(get("/cometd?jsonp=cb&message={}", "Content-Length: 5\r\n") + "12345" + get("/"));
    auto const response = take_response(driver.output);
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(response["Connection"] == "close");
    BOOST_TEST(driver.output == "");
    BOOST_TEST(driver.connection.closing());
}

BOOST_AUTO_TEST_CASE(the_answer_is_a_script_that_nobody_stores_sniffs_or_shows)
{
    Reply reply;
    reply.replies = R"({"channel":"/a"})";
    reply.set_browser_id = "abc";
    auto const response = response_of(reply);
    BOOST_TEST(response.status == 200U);
    BOOST_TEST(response.body == R"(/**/cb([{"channel":"/a"}]))");
    BOOST_TEST(response["Content-Type"] == "text/javascript;charset=utf-8");
    BOOST_TEST(response["Cache-Control"] == "no-store");
    BOOST_TEST(response["X-Content-Type-Options"] == "nosniff");
    BOOST_TEST(response["Content-Disposition"] == "attachment; filename=f.txt");
    BOOST_TEST(response["Set-Cookie"] == "BAYEUX_BROWSER=abc; Path=/; HttpOnly");
}

BOOST_AUTO_TEST_CASE(line_separators_of_unicode_are_escaped_and_nothing_else)
{
    Reply reply;
    reply.replies = "\"\u2028 \u2029\u2028 \u2027 \u202A \u20AC \u00E9\"";
    BOOST_TEST(response_of(reply).body ==
               "/**/cb([\"\\u2028 \\u2029\\u2028 \u2027 \u202A \u20AC \u00E9\"])");
}

BOOST_AUTO_TEST_CASE(a_batch_that_failed_as_a_whole_is_its_status_and_no_script)
{
    auto const response = response_of(Reply::failed({}, 503));
    BOOST_TEST(response.status == 503U);
    BOOST_TEST(response.body == "");
}

BOOST_AUTO_TEST_SUITE_END()
