#include "server/http_connection.hpp"
#include "server/static_files.hpp"
#include "tests/http_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;

namespace {

constexpr auto body = R"([{"channel":"/a","data":1}])";
constexpr auto echoed = R"(["","/a",1])";

struct Settings : HttpSettings {
    Response to(std::string_view bytes, Content content = Content::whole) const
    {
        return response_to(*this, bytes, content);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_connection, Settings)

// Requests for the engine

BOOST_AUTO_TEST_CASE(a_post_reaches_the_engine_and_its_reply_comes_back)
{
    HttpDriver driver(*this);
    driver.engine = nullptr;
    driver.send(post(body, "Cookie: BAYEUX_BROWSER=b\r\n"));
    BOOST_TEST(driver.connection.awaiting_answer());
    BOOST_TEST(!driver.connection.idle());
    BOOST_TEST(driver.output == "");
    BOOST_TEST_REQUIRE(driver.requests.size() == 1);
    BOOST_TEST(driver.requests[0].request.browser_id == "b");
    BOOST_TEST(driver.requests[0].batch.at(0).channel() == "/a");
    driver.answer(echo(driver.requests[0]));
    BOOST_TEST(take_response(driver.output).body == R"(["b","/a",1])");
    BOOST_TEST(driver.connection.idle());
    BOOST_TEST(!driver.connection.closing());
}

BOOST_AUTO_TEST_CASE(a_post_with_an_origin_is_from_a_page)
{
    for (bool const from_page : {true, false}) {
        HttpDriver driver(*this);
        driver.send(post(body, from_page ? "Origin: http://x\r\n" : ""));
        BOOST_TEST_REQUIRE(driver.requests.size() == 1U);
        BOOST_TEST(driver.requests[0].request.from_page == from_page);
    }
}

BOOST_AUTO_TEST_CASE(heads_are_kept_when_a_service_needs_them)
{
    auto const callback_poll = "GET http://h/cometd?jsonp=cb&message={} "
                               "HTTP/1.1\r\nHost:h\r\nX-Many:  a \r\nx-many:b\r\n\r\n";
    {
        HttpDriver driver(*this);
        driver.send(post(body) + callback_poll);
        for (auto const& request : driver.requests)
            BOOST_TEST(request.request.kept_head == nullptr);
    }
    keep_heads = true;
    HttpDriver driver(*this);
    driver.send(post(body, "X-Many: 1\r\n", "/cometd/connect?x=y"));
    driver.send(callback_poll);
    BOOST_TEST_REQUIRE(driver.requests.size() == 2U);
    auto const& posted = driver.requests[0].request.head();
    BOOST_TEST(posted.method() == "POST");
    BOOST_TEST(posted.target() == "/cometd/connect?x=y");
    BOOST_TEST(posted.headers().size() == 3U);
    BOOST_TEST(posted.header("x-many") == "1");
    auto const& polled = driver.requests[1].request.head();
    BOOST_TEST(polled.method() == "GET");
    BOOST_TEST(polled.target() == "/cometd?jsonp=cb&message={}");
    BOOST_TEST(polled.header("host") == "h");
    auto const many = polled.header_values("X-Many");
    BOOST_TEST_REQUIRE(many.size() == 2U);
    BOOST_TEST(many[0] == "a");
    BOOST_TEST(many[1] == "b");
}

BOOST_AUTO_TEST_CASE(the_head_of_an_upgrade_is_kept_for_the_messages_to_come)
{
    auto const upgrade = "GET /cometd?x=y HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                         "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for (bool const keeps : {false, true}) {
        keep_heads = keeps;
        HttpDriver driver(*this);
        driver.send(upgrade);
        BOOST_TEST_REQUIRE(driver.connection.upgraded());
        auto const head = driver.connection.upgrade_head();
        BOOST_TEST_REQUIRE((head != nullptr) == keeps);
        if (keeps)
            BOOST_TEST(head->target() == "/cometd?x=y");
    }
}

BOOST_AUTO_TEST_CASE(every_path_under_a_mount_is_the_same_resource)
{
    paths = {"/cometd", "/bayeux/x"};
    for (auto const* target : {"/cometd", "/cometd/", "/cometd/handshake", "/cometd/x/y?z",
             "/cometd?jsonp=x", "http://example.org/cometd/", "/c%6Fmetd", "/bayeux/x/connect"})
        BOOST_TEST(to(post(body, "", target)).body == echoed, target);
    for (auto const* target : {"/cometdx", "/", "/bayeux", "/x/cometd", "/COMETD"})
        BOOST_TEST(to(post(body, "", target)).status == 405, target);
    paths = {"/"};
    BOOST_TEST(to(post(body, "", "/any/where")).body == echoed);
}

BOOST_AUTO_TEST_CASE(the_method_is_known_in_any_case)
{
    auto request = post(body);
    BOOST_TEST(to(request.replace(0, 4, "post")).body == echoed);
}

BOOST_AUTO_TEST_CASE(other_methods_there_are_an_unknown_transport)
{
    for (auto const* method : {"GET", "PUT", "DELETE", "PATCH", "BREW"}) {
        auto const response = to(method + std::string(" /cometd/ HTTP/1.1\r\nHost: x\r\n\r\n"));
        BOOST_TEST(response.status == 400);
        BOOST_TEST(response.body == "Unknown Bayeux Transport\n");
    }
    auto const head = to("HEAD /cometd HTTP/1.1\r\nHost: x\r\n\r\n", Content::head_only);
    BOOST_TEST(head.status == 400);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_reaches_the_engine)
{
    BOOST_TEST(to("POST /cometd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "1b\r\n[{\"channel\":\"/a\",\"data\":1}]\r\n0\r\n\r\n")
                   .body == echoed);
}

BOOST_AUTO_TEST_CASE(bodies_that_are_no_batch_are_answered_and_the_connection_stays)
{
    HttpDriver driver(*this);
    driver.send(post("[{") + post("[]") + post("") + "POST /cometd HTTP/1.1\r\nHost: x\r\n\r\n" +
                post(body));
    auto const responses = take_responses(driver.output);
    BOOST_TEST_REQUIRE(responses.size() == 5);
    BOOST_TEST(responses[0].status == 400);
    BOOST_TEST(responses[0].body == "No Bayeux messages: incomplete JSON\n");
    BOOST_TEST(responses[0]["Content-Type"] == "text/plain");
    BOOST_TEST(responses[0]["X-Content-Type-Options"] == "nosniff");
    BOOST_TEST(responses[1].status == 500);
    BOOST_TEST(responses[1].body == "No Bayeux messages: no messages\n");
    BOOST_TEST(responses[2].status == 400);
    BOOST_TEST(responses[3].status == 400);
    BOOST_TEST(responses[4].status == 200);
    BOOST_TEST(!driver.connection.closing());
}

BOOST_AUTO_TEST_CASE(content_type_and_depth_limit_reach_the_body)
{
    parse_limits.depth = 2;
    BOOST_TEST(
        to(post("x=1&message={}", "Content-Type: application/x-www-form-urlencoded\r\n")).status ==
        200);
    BOOST_TEST(to(post("[{\"a\":[]}]")).status == 400);
}

BOOST_AUTO_TEST_CASE(a_failed_batch_does_not_end_the_connection)
{
    HttpDriver driver(*this);
    driver.engine = [](BayeuxRequest const&) {
        Reply reply;
        reply.ok = false;
        reply.error_status = 500;
        return reply;
    };
    driver.send(post(body) + post(body));
    auto const responses = take_responses(driver.output);
    BOOST_TEST_REQUIRE(responses.size() == 2);
    BOOST_TEST(responses[1].status == 500);
    BOOST_TEST(!responses[1].has("Connection"));
}

// Framing

BOOST_AUTO_TEST_CASE(pipelined_requests_wait_for_the_answer_before_them)
{
    HttpDriver driver(*this);
    driver.engine = nullptr;
    auto const second = post("[{\"channel\":\"/b\"}]");
    driver.send(post(body) + "GET /none HTTP/1.1\r\nHost: x\r\n\r\n" + second);
    BOOST_TEST(driver.requests.size() == 1);
    BOOST_TEST(driver.output == "");
    driver.answer(echo(driver.requests[0]));
    BOOST_TEST_REQUIRE(driver.requests.size() == 2);
    driver.answer(echo(driver.requests[1]));
    auto const responses = take_responses(driver.output);
    BOOST_TEST_REQUIRE(responses.size() == 3);
    BOOST_TEST(responses[0].body == echoed);
    BOOST_TEST(responses[1].status == 404);
    BOOST_TEST(responses[2].body == R"(["","/b"])");
    BOOST_TEST(driver.unconsumed == "");
}

BOOST_AUTO_TEST_CASE(a_pipeline_for_files_is_answered_in_portions)
{
    TemporaryDirectory const directory;
    directory.write("f.txt", std::string(40'000, 'f'));
    StaticFiles const files(directory.path);
    static_files = &files;
    std::string const get = "GET /f.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    std::string bytes;
    for (int i = 0; i < 100; ++i)
        bytes += get;

    HttpConnection connection(*this);
    std::string out;
    std::optional<BayeuxRequest> request;
    BOOST_TEST(connection.consume(bytes, out, request) == 2 * get.size());
    BOOST_TEST(out.size() < 100'000);
    BOOST_TEST(connection.idle());

    HttpDriver driver(*this);
    driver.send(bytes);
    BOOST_TEST(take_responses(driver.output).size() == 100);
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request_are_skipped)
{
    HttpDriver driver(*this);
    driver.send("\r\n");
    BOOST_TEST(driver.connection.idle());
    driver.send("\r\n\n" + post(body) + "\r\n" + post(body));
    BOOST_TEST(take_responses(driver.output).size() == 2);
}

BOOST_AUTO_TEST_CASE(expect_100_continue_is_answered_before_the_body)
{
    HttpDriver driver(*this);
    auto const request = post(body, "Expect: 100-Continue\r\n");
    auto const head = request.substr(0, request.find("\r\n\r\n") + 4);
    driver.send(head);
    BOOST_TEST(take_response(driver.output).status == 100);
    BOOST_TEST(driver.output == "");
    driver.send(request.substr(head.size()));
    BOOST_TEST(take_response(driver.output).body == echoed);
}

BOOST_AUTO_TEST_CASE(a_refusal_comes_instead_of_100_continue)
{
    max_message_size = 10;
    for (auto const& [request, status] : {
             std::pair{post("01234567890", "Expect: 100-continue\r\n"), 413U},
             std::pair{post("0123456789", "Expect: miracles\r\n"), 417U},
             std::pair{post("0123456789", "Expect: 100-continue\r\n", "/other"), 405U},
         }) {
        auto const response = to(request);
        BOOST_TEST(response.status == status);
        BOOST_TEST(response["Connection"] == "close");
    }
}

BOOST_AUTO_TEST_CASE(expectations_of_http_1_0_and_without_a_body_are_disregarded)
{
    BOOST_TEST(
        to("POST /cometd HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}").status ==
        200);
    BOOST_TEST(to(post("", "Expect: 100-continue\r\n")).status == 400);
}

BOOST_AUTO_TEST_CASE(http_1_0_is_closed_unless_it_asks_otherwise)
{
    auto const request = [](std::string const& headers) {
        return "POST /cometd HTTP/1.0\r\n" + headers + "Content-Length: 2\r\n\r\n{}";
    };
    auto const closed = to(request(""));
    BOOST_TEST(closed.status == 200);
    BOOST_TEST(closed["Connection"] == "close");
    auto const kept = to(request("Connection: keep-alive\r\n"));
    BOOST_TEST(kept["Connection"] == "keep-alive");
}

BOOST_AUTO_TEST_CASE(close_is_confirmed_and_what_follows_is_dropped)
{
    HttpDriver driver(*this);
    driver.send(post(body, "Connection: close\r\n") + post(body));
    auto const responses = take_responses(driver.output);
    BOOST_TEST_REQUIRE(responses.size() == 1);
    BOOST_TEST(responses[0]["Connection"] == "close");
    BOOST_TEST(driver.connection.closing());
    BOOST_TEST(!driver.connection.idle());
    BOOST_TEST(driver.unconsumed == "");
}

BOOST_AUTO_TEST_CASE(a_draining_server_closes_with_the_next_response)
{
    HttpDriver driver(*this);
    driver.engine = nullptr;
    driver.send(post(body));
    driver.connection.close_after_answer();
    driver.answer(Reply{});
    BOOST_TEST(take_response(driver.output)["Connection"] == "close");
    BOOST_TEST(driver.connection.closing());

    HttpDriver other(*this);
    other.connection.close_after_answer();
    other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(take_response(other.output)["Connection"] == "close");
    BOOST_TEST(other.connection.closing());
}

BOOST_AUTO_TEST_CASE(what_is_no_http_is_refused_at_its_first_byte)
{
    HttpDriver driver(*this);
    driver.send("\x16");
    auto const response = take_response(driver.output);
    BOOST_TEST(response.status == 400);
    BOOST_TEST(response["Connection"] == "close");
    BOOST_TEST(driver.connection.closing());
}

BOOST_AUTO_TEST_CASE(refusals_close_the_connection)
{
    max_header_size = 300;
    max_message_size = 50;
    std::string const chunked =
        "POST /cometd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (auto const& [request, status] : {
             std::pair{std::string("GET / HTTP/3.0\r\n\r\n"), 400U},
             std::pair{post(body, "Content-Length: 1\r\n"), 400U},
             std::pair{post(body, "Transfer-Encoding: chunked\r\n"), 400U},
             std::pair{post(body, "X: " + std::string(300, 'x') + "\r\n"), 431U},
             std::pair{std::string(300, 'x'), 431U},
             std::pair{post(std::string(51, ' ')), 413U},
             std::pair{chunked + "33\r\n", 413U},
             std::pair{chunked + "x\r\n", 400U},
             std::pair{
                 std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: br\r\n\r\n"), 501U},
         }) {
        HttpDriver driver(*this);
        driver.send(request + post(body));
        auto const responses = take_responses(driver.output);
        BOOST_TEST_REQUIRE(responses.size() == 1);
        BOOST_TEST(responses[0].status == status, request);
        BOOST_TEST(responses[0]["Connection"] == "close");
        BOOST_TEST(responses[0].body == "");
        BOOST_TEST(driver.connection.closing());
        BOOST_TEST(driver.unconsumed == "");
        BOOST_TEST(driver.requests.empty());
    }
}

BOOST_AUTO_TEST_CASE(the_limits_themselves_are_allowed)
{
    auto const request = post(body);
    max_header_size = request.size() - std::string_view(body).size();
    max_message_size = std::string_view(body).size();
    BOOST_TEST(to(request).status == 200);
    --max_header_size;
    BOOST_TEST(to(request).status == 431);
    BOOST_TEST(to(std::string(max_header_size, 'x')).status == 431); // no end can come in time
    ++max_header_size;
    --max_message_size;
    BOOST_TEST(to(request).status == 413);
}

BOOST_AUTO_TEST_CASE(a_request_that_takes_too_long_is_told_so)
{
    for (auto const* begun :
        {"P", "POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{"}) {
        HttpDriver driver(*this);
        driver.send(begun);
        BOOST_TEST(!driver.connection.idle());
        driver.connection.time_out(driver.output);
        auto const response = take_response(driver.output);
        BOOST_TEST(response.status == 408);
        BOOST_TEST(response["Connection"] == "close");
        BOOST_TEST(driver.connection.closing());
    }
    HttpDriver driver(*this);
    driver.connection.time_out(driver.output);
    BOOST_TEST(driver.output == "");
    BOOST_TEST(driver.connection.closing());
}

BOOST_AUTO_TEST_CASE(the_date_is_told_as_it_is_at_the_time_of_the_answer)
{
    HttpDriver driver(*this);
    driver.engine = nullptr;
    date = "then";
    driver.send(post(body));
    date = "now";
    driver.answer(Reply{});
    BOOST_TEST(take_response(driver.output)["Date"] == "now");
}

BOOST_AUTO_TEST_CASE(a_connection_is_small)
{
    BOOST_TEST(sizeof(HttpConnection) <= 104);
}

// Other resources

BOOST_AUTO_TEST_CASE(without_files_there_is_nothing_else)
{
    auto const response = to("GET /index.html HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(response.status == 404);
    BOOST_TEST(response.body == "Not Found\n");
    BOOST_TEST(!response.has("Connection"));
}

BOOST_AUTO_TEST_CASE(files_are_served_beside_the_mount)
{
    TemporaryDirectory const directory;
    directory.write("index.html", "home");
    StaticFiles const files(directory.path);
    static_files = &files;
    BOOST_TEST(to("GET / HTTP/1.1\r\nHost: x\r\n\r\n").body == "home");
    BOOST_TEST(to("GET /?q HTTP/1.1\r\nHost: x\r\n\r\n").body == "home");
    BOOST_TEST(to("GET http://x/index.html HTTP/1.1\r\nHost: x\r\n\r\n").body == "home");
    auto const head = to("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", Content::head_only);
    BOOST_TEST(head["Content-Length"] == "4");
    BOOST_TEST(
        to("GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + head["ETag"] + "\r\n\r\n").status ==
        304);
    BOOST_TEST(to("GET * HTTP/1.1\r\nHost: x\r\n\r\n").status == 400);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_request_becomes_a_header_of_its_answer)
{
    TemporaryDirectory const directory;
    directory.write("dir/index.html", "page");
    StaticFiles const files(directory.path);
    static_files = &files;
    allowed_origins = AllowedOrigins({"*"});
    auto const get = [](std::string const& target, std::string const& headers = "") {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    };
    std::string const escaped = "%0d%0aInjected:%20yes";
    for (auto const& [request, status] : {
             std::pair{get("/dir?" + escaped), 301U},
             std::pair{get("/dir" + escaped), 404U},
             std::pair{get("/" + escaped + "/../dir"), 404U},
             std::pair{get("/cometd?jsonp=" + escaped + "&message=%5B%7B%7D%5D"), 400U},
             std::pair{get("/dir", "Origin: http://o%0d%0aInjected: yes\r\n"), 301U},
             std::pair{get("/dir?\rInjected: yes"), 400U},
             std::pair{get("/dir?\nInjected: yes\n"), 400U},
             std::pair{get("/dir", "Origin: http://o\rInjected: yes\r\n"), 400U},
             std::pair{get("/dir", "If-None-Match: \"\nInjected: yes\"\r\n"), 400U},
             std::pair{std::string("OPTIONS /cometd HTTP/1.1\r\nHost: x\r\nOrigin: http://o\r\n"
                                   "Access-Control-Request-Headers: a%0d%0aInjected: yes\r\n\r\n"),
                 200U},
         }) {
        auto const response = to(request);
        BOOST_TEST(response.status == status, request);
        BOOST_TEST(!response.has("Injected"), request);
    }
    BOOST_TEST(to(get("/dir?" + escaped))["Location"] == "/dir/?" + escaped);
}

BOOST_AUTO_TEST_CASE(scripts_of_clients_are_served_under_the_mount)
{
    TemporaryDirectory const directory;
    directory.write("cometd.js", "beside");
    directory.write("cometd/client.js", "script");
    directory.write("cometd/client.js.map", "map");
    directory.write("cometd/index.html", "page");
    directory.write("cometd/x/y.js", "deeper");
    StaticFiles const files(directory.path);
    auto const get = [](std::string const& target, std::string const& headers = "") {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    };
    BOOST_TEST(to(get("/cometd/client.js")).status == 400);
    static_files = &files;
    auto const script = to(get("/cometd/client.js?v=1"));
    BOOST_TEST(script.body == "script");
    BOOST_TEST(script["Content-Type"] == "text/javascript; charset=utf-8");
    BOOST_TEST(
        to(get("/cometd/client.js", "If-None-Match: " + script["ETag"] + "\r\n")).status == 304);
    BOOST_TEST(
        to("HEAD /cometd/client.js HTTP/1.1\r\nHost: x\r\n\r\n", Content::head_only).status == 200);
    BOOST_TEST(to(get("/cometd/client.js.map")).body == "map");
    BOOST_TEST(to(get("/cometd/x/y.js")).body == "deeper");
    BOOST_TEST(to(get("/cometd.js")).body == "beside");
    for (auto const* target : {"/cometd/other.js", "/cometd/index.html", "/cometd/", "/cometd",
             "/cometd/%2e%2e/cometd.js"})
        BOOST_TEST(to(get(target)).body == "Unknown Bayeux Transport\n", target);
    BOOST_TEST(to(post(body, "", "/cometd/client.js")).body == echoed);
    BOOST_TEST(to("DELETE /cometd/client.js HTTP/1.1\r\nHost: x\r\n\r\n").status == 400);
    paths = {"/"};
    BOOST_TEST(to(get("/cometd.js")).body == "beside");
}

BOOST_AUTO_TEST_CASE(other_methods_elsewhere_are_not_allowed)
{
    for (auto const* method : {"POST", "PUT", "DELETE", "BREW", "get"}) {
        auto const response = to(method + std::string(" /x HTTP/1.1\r\nHost: x\r\n\r\n"));
        if (method == std::string_view("get")) {
            BOOST_TEST(response.status == 404);
            continue;
        }
        BOOST_TEST(response.status == 405);
        BOOST_TEST(response["Allow"] == "GET, HEAD, OPTIONS");
        BOOST_TEST(!response.has("Connection"));
    }
    BOOST_TEST(to("CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n").status == 400);
}

BOOST_AUTO_TEST_CASE(a_body_that_nobody_wants_is_not_read)
{
    HttpDriver driver(*this);
    driver.send("GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
    auto const response = take_response(driver.output);
    BOOST_TEST(response.status == 404);
    BOOST_TEST(response["Connection"] == "close");
    BOOST_TEST(driver.connection.closing());
}

// CORS

BOOST_AUTO_TEST_CASE(options_is_200_everywhere)
{
    for (auto const* target : {"/cometd", "/elsewhere", "*", "http://x/y"}) {
        auto const response = to(
            "OPTIONS " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nOrigin: https://o\r\n\r\n");
        BOOST_TEST(response.status == 200);
        BOOST_TEST(response.body == "");
        BOOST_TEST(!response.has("Access-Control-Allow-Origin"));
        BOOST_TEST(!response.has("Vary"));
    }
}

BOOST_AUTO_TEST_CASE(a_preflight_from_an_allowed_origin_is_granted)
{
    allowed_origins = AllowedOrigins({"https://*.example.org"});
    auto const response = to("OPTIONS /cometd HTTP/1.1\r\nHost: x\r\n"
                             "Origin: https://a.example.org\r\n"
                             "Access-Control-Request-Method: POST\r\n"
                             "Access-Control-Request-Headers: x-own\r\n\r\n");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response["Access-Control-Allow-Origin"] == "https://a.example.org");
    BOOST_TEST(response["Access-Control-Allow-Credentials"] == "true");
    BOOST_TEST(response["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS");
    BOOST_TEST(response["Access-Control-Allow-Headers"] ==
               "Accept, Authorization, Content-Type, Pragma, X-Requested-With, x-own");
    BOOST_TEST(response["Access-Control-Max-Age"] == "86400");
    BOOST_TEST(response["Vary"] == "Origin");
}

BOOST_AUTO_TEST_CASE(every_answer_names_an_allowed_origin)
{
    allowed_origins = AllowedOrigins({"*"});
    std::string const origin = "Origin: https://o\r\n";
    for (auto const& request : {
             post(body, origin),
             post("[{", origin),
             post(body, origin + "Expect: miracles\r\n"),
             "GET /cometd HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n",
             "GET /none HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n",
         }) {
        auto const response = to(request);
        BOOST_TEST(response["Access-Control-Allow-Origin"] == "https://o", request);
        BOOST_TEST(response["Access-Control-Allow-Credentials"] == "true");
        BOOST_TEST(response["Vary"] == "Origin");
        BOOST_TEST(!response.has("Access-Control-Allow-Methods"));
    }
}

BOOST_AUTO_TEST_CASE(other_origins_are_served_without_being_named)
{
    allowed_origins = AllowedOrigins({"https://example.org"});
    HttpDriver driver(*this);
    driver.send(post(body, "Origin: https://example.org\r\n") +
                post(body, "Origin: https://o\r\n") + post(body));
    auto const responses = take_responses(driver.output);
    BOOST_TEST_REQUIRE(responses.size() == 3);
    BOOST_TEST(responses[0].has("Access-Control-Allow-Origin"));
    for (auto const i : {1U, 2U}) {
        BOOST_TEST(responses[i].body == echoed);
        BOOST_TEST(!responses[i].has("Access-Control-Allow-Origin"));
        BOOST_TEST(responses[i]["Vary"] == "Origin");
    }
}

BOOST_AUTO_TEST_SUITE_END()
