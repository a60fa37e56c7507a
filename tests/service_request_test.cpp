// HTTP requests that services answer, on their connection.

#include "tests/http_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;

namespace {

struct Settings : HttpSettings {
    Settings()
    {
        service_paths = {"/via/", "/alone"};
        allowed_origins = AllowedOrigins({"https://a.example"});
        max_message_size = 100;
    }
    Response to(std::string_view bytes, Content content = Content::whole) const
    {
        return response_to(*this, bytes, content);
    }
};

std::string request(
    std::string_view line, std::string_view headers = "", std::string_view body = "")
{
    return std::string(line) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n" +
           std::string(body);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(service_request, Settings)

BOOST_AUTO_TEST_CASE(requests_of_every_method_below_the_path_reach_the_service)
{
    for (std::string const method : {"GET", "POST", "PUT", "DELETE", "PATCH", "PROPFIND", "X-Y"})
        BOOST_TEST(to(request(method + " /via/a?b=c")).body == method + " /via/a?b=c ");
    BOOST_TEST(to(request("GET http://h/via/")).body == "GET /via/ ");
    BOOST_TEST(to(request("GET /alone?x", "X-Asked: y\r\n"))["X-Asked"] == "y");
    for (auto const* target : {"/via", "/alone/", "/v%69a/", "/VIA/"})
        BOOST_TEST(to(request("GET " + std::string(target))).status == 404, target);
}

BOOST_AUTO_TEST_CASE(what_the_service_answers_comes_with_its_length)
{
    HttpDriver driver(*this);
    driver.service = [](auto const&) {
        return WebReply{299, {{"Content-Type", "a/b"}, {"Set-Cookie", "c"}}, "body"};
    };
    driver.send(request("GET /via/"));
    auto const response = take_response(driver.output);
    BOOST_TEST(response.status == 299);
    BOOST_TEST(response["Content-Type"] == "a/b");
    BOOST_TEST(response["Set-Cookie"] == "c");
    BOOST_TEST(response["Content-Length"] == "4");
    BOOST_TEST(response.body == "body");
    BOOST_TEST(driver.connection.idle());
}

BOOST_AUTO_TEST_CASE(bodies_come_whole_in_either_coding)
{
    BOOST_TEST(to(request("PUT /via/", "Content-Length: 3\r\n", "abc")).body == "PUT /via/ abc");
    BOOST_TEST(to(request("GET /via/", "Content-Length: 3\r\n", "abc")).body == "GET /via/ abc");
    BOOST_TEST(to(request("PUT /via/", "Transfer-Encoding: chunked\r\n",
                      "2\r\nab\r\n1;x\r\nc\r\n0\r\nT: t\r\n\r\n"))
                   .body == "PUT /via/ abc");
}

BOOST_AUTO_TEST_CASE(bodies_that_are_too_large_or_broken_are_refused)
{
    std::string const chunked = "Transfer-Encoding: chunked\r\n";
    BOOST_TEST(to(request("PUT /via/", "Content-Length: 101\r\n")).status == 413);
    BOOST_TEST(to(request("PUT /via/", chunked, "65\r\n")).status == 413);
    BOOST_TEST(to(request("PUT /via/", chunked, "x\r\n")).status == 400);
    BOOST_TEST(to(request("PUT /via/", "Expect: x\r\n")).status == 417);
}

BOOST_AUTO_TEST_CASE(a_client_that_waits_before_it_sends_a_body_is_told_to_go_on)
{
    HttpDriver driver(*this);
    driver.send(request("PUT /via/", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
    BOOST_TEST(driver.output == "HTTP/1.1 100 Continue\r\n\r\n");
    driver.output.clear();
    driver.send("ab");
    BOOST_TEST(take_response(driver.output).body == "PUT /via/ ab");
}

BOOST_AUTO_TEST_CASE(head_is_answered_without_the_body)
{
    HttpDriver driver(*this);
    driver.send(request("HEAD /via/") + request("GET /via/"));
    auto const head = take_response(driver.output, Content::head_only);
    BOOST_TEST(head["Content-Length"] == std::to_string(std::string("HEAD /via/ ").size()));
    BOOST_TEST(take_response(driver.output).body == "GET /via/ ");
    BOOST_TEST(driver.output == "");
}

BOOST_AUTO_TEST_CASE(statuses_without_a_body_have_none)
{
    for (unsigned const status : {204U, 304U}) {
        HttpDriver driver(*this);
        driver.service = [status](auto const&) { return WebReply{status, {}, "never"}; };
        driver.send(request("GET /via/"));
        BOOST_TEST(driver.output.find("never") == std::string::npos);
        auto const response = take_response(driver.output);
        BOOST_TEST(response.status == status);
        BOOST_TEST(!response.has("Content-Length"));
    }
}

BOOST_AUTO_TEST_CASE(answers_keep_the_order_of_requests)
{
    HttpDriver driver(*this);
    driver.engine = nullptr;
    driver.send(request("GET /via/1") + request("PUT /via/2", "Content-Length: 1\r\n", "x") +
                request("GET /none"));
    BOOST_TEST_REQUIRE(driver.requests.size() == 1U);
    driver.answer(WebReply{200, {}, "first"});
    BOOST_TEST_REQUIRE(driver.requests.size() == 2U);
    driver.answer(WebReply{200, {}, "second"});
    auto const responses = take_responses(driver.output);
    BOOST_TEST_REQUIRE(responses.size() == 3U);
    BOOST_TEST(responses[0].body == "first");
    BOOST_TEST(responses[1].body == "second");
    BOOST_TEST(responses[2].status == 404);
}

BOOST_AUTO_TEST_CASE(the_connection_closes_when_its_client_wants_that)
{
    HttpDriver driver(*this);
    driver.send(request("GET /via/", "Connection: close\r\n"));
    BOOST_TEST(take_response(driver.output)["Connection"] == "close");
    BOOST_TEST(driver.connection.closing());
}

BOOST_AUTO_TEST_CASE(bayeux_paths_come_first)
{
    service_paths = {"/", "/cometd/via/"};
    BOOST_TEST(to(post("[{\"channel\":\"/a\"}]", "", "/cometd/via/x")).body == R"(["","/a"])");
    BOOST_TEST(to(request("GET /cometd/via/x")).status == 400);
    BOOST_TEST(to(request("GET /anything")).body == "GET /anything ");
}

BOOST_AUTO_TEST_CASE(pages_of_allowed_origins_may_read_the_answers)
{
    auto const own = to(request("GET /via/", "Origin: https://a.example\r\n"));
    BOOST_TEST(own["Access-Control-Allow-Origin"] == "https://a.example");
    BOOST_TEST(own["Vary"] == "Origin");
    BOOST_TEST(!to(request("GET /via/", "Origin: https://b.example\r\n"))
                    .has("Access-Control-Allow-Origin"));
    auto const preflight = to(request(
        "OPTIONS /via/", "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n"));
    BOOST_TEST(preflight.status == 200);
    BOOST_TEST(preflight["Access-Control-Allow-Methods"].find("PUT") != std::string::npos);
    auto const bayeux = to(request("OPTIONS /cometd", "Origin: https://a.example\r\n"));
    BOOST_TEST(bayeux["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS");
}

BOOST_AUTO_TEST_SUITE_END()
