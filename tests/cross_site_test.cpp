// What pages of other sites can do in the name of their visitors (--allow-origin). Those of
// WebSocket and EventSource are in websocket_test.cpp and event_stream_test.cpp.

#include "server/refusals.hpp"
#include "tests/http_fixture.hpp"
#include "tests/websocket_driver.hpp"

using namespace bayeux;
using namespace bayeux::server;

namespace {

constexpr auto body = R"([{"channel":"/a"}])";
constexpr auto form = "message=%5B%7B%22channel%22%3A%22%2Fa%22%7D%5D";
std::string const cookie = "Cookie: BAYEUX_BROWSER=b\r\n";
std::string const foreign = "Origin: https://evil.example\r\n";

struct Settings : HttpSettings {
    Settings() { refusals = &counted; }
    bool serves(std::string const& request)
    {
        auto const refused = counted.count(403);
        HttpDriver driver(*this);
        driver.send(request);
        if (counted.count(403) == refused)
            return driver.requests.size() == 1U;
        auto const response = take_response(driver.output);
        BOOST_TEST(response.status == 403U);
        BOOST_TEST(!response.has("Access-Control-Allow-Origin"));
        BOOST_TEST(driver.requests.empty());
        BOOST_TEST(driver.connection.closing());
        return false;
    }

    Refusals counted;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cross_site, Settings)

BOOST_AUTO_TEST_CASE(a_page_of_another_site_cannot_post_with_its_visitors_cookies)
{
    // What needs no preflight
    for (auto const* type : {"text/plain", "application/x-www-form-urlencoded",
             "multipart/form-data; boundary=x", ""}) {
        auto const headers =
            *type == '\0' ? std::string() : "Content-Type: " + std::string(type) + "\r\n";
        for (auto const* content : {body, form}) {
            BOOST_TEST(!serves(post(content, headers + foreign + cookie)), type);
            BOOST_TEST(serves(post(content, headers + foreign)), type);
            BOOST_TEST(serves(post(content, headers + cookie)), type);
        }
    }
    BOOST_TEST(!serves(post(body, foreign + "Authorization: Basic YTpi\r\n")));
    BOOST_TEST(!serves(post(body, foreign + "Cookie: other=1\r\n")));
    BOOST_TEST(!serves("POST /cometd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" +
                       foreign + cookie + "\r\n2\r\n{}\r\n0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(no_other_origin_passes_for_our_own)
{
    for (auto const* origin : {"null", "http://x:81", "http://x.evil.example",
             "http://evil.example/x", "http://y", "x", "file://"})
        BOOST_TEST(!serves(post(body, "Origin: " + std::string(origin) + "\r\n" + cookie)), origin);
    BOOST_TEST(serves(post(body, "Origin: http://x\r\n" + cookie)));
    BOOST_TEST(serves(post(body, "Origin: https://X\r\n" + cookie)), "a proxy may do TLS");
}

BOOST_AUTO_TEST_CASE(what_the_browser_says_of_the_origin_counts_where_a_proxy_has_changed_the_host)
{
    auto const site = [](std::string const& says) {
        return post(body, foreign + cookie + "Sec-Fetch-Site: " + says + "\r\n");
    };
    BOOST_TEST(serves(site("same-origin")));
    for (auto const* other : {"same-site", "cross-site", "none", "same-origin, x", ""})
        BOOST_TEST(!serves(site(other)), other);
}

BOOST_AUTO_TEST_CASE(pages_of_allowed_origins_post_with_cookies)
{
    allowed_origins = AllowedOrigins({"https://a.example"});
    BOOST_TEST(serves(post(body, "Origin: https://a.example\r\n" + cookie)));
    BOOST_TEST(!serves(post(body, foreign + cookie)));
    allowed_origins = AllowedOrigins({"*"});
    BOOST_TEST(serves(post(body, foreign + cookie)));
}

BOOST_AUTO_TEST_CASE(what_services_answer_is_guarded_in_the_same_way_unless_it_only_reads)
{
    service_paths = {"/via/"};
    allowed_origins = AllowedOrigins({"https://a.example"});
    auto const asked = [](std::string const& method, std::string const& headers) {
        return method + " /via/x HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    };
    for (std::string const method : {"POST", "PUT", "DELETE", "PATCH", "PROPFIND", "post", "get"}) {
        BOOST_TEST(!serves(asked(method, foreign + cookie)), method);
        BOOST_TEST(!serves(asked(method, foreign + "Authorization: Basic YTpi\r\n")), method);
        BOOST_TEST(!serves(asked(method, "Origin: null\r\n" + cookie)), method);
        BOOST_TEST(serves(asked(method, foreign)), method);
        BOOST_TEST(serves(asked(method, cookie)), "a program");
        BOOST_TEST(serves(asked(method, "Origin: http://x\r\n" + cookie)), method);
        BOOST_TEST(serves(asked(method, "Origin: https://a.example\r\n" + cookie)), method);
        BOOST_TEST(
            serves(asked(method, foreign + cookie + "Sec-Fetch-Site: same-origin\r\n")), method);
    }
    for (std::string const method : {"GET", "HEAD"})
        BOOST_TEST(serves(asked(method, foreign + cookie)), method);
}

BOOST_AUTO_TEST_CASE(a_script_of_another_site_is_answered_where_callback_polling_is_allowed)
{
    auto const script = "GET /cometd?jsonp=cb&message=%7B%7D HTTP/1.1\r\nHost: x\r\n"
                        "Referer: https://evil.example/\r\nSec-Fetch-Site: cross-site\r\n" +
                        cookie + "\r\n";
    BOOST_TEST(serves(script));
    callback_polling = false;
    BOOST_TEST(response_to(*this, script).status == 400U);
}

BOOST_AUTO_TEST_CASE(a_refused_upgrade_is_counted)
{
    auto const refusal = [this](std::string const& bytes) {
        HttpDriver driver(*this);
        driver.send(bytes);
        auto const status = take_response(driver.output).status;
        BOOST_TEST(counted.count(status) == 1U);
        BOOST_TEST(!driver.connection.upgraded());
        return status;
    };
    BOOST_TEST(refusal(upgrade_request(foreign)) == 403U);
    BOOST_TEST(refusal(upgrade_request("Content-Length: 2\r\n")) == 400U);
    BOOST_TEST(refusal("GET /cometd HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                       "Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n") == 426U);
    ws_protocol = "bayeux";
    HttpDriver(*this).send(upgrade_request());
    BOOST_TEST(counted.count(400) == 2U);
}

BOOST_AUTO_TEST_CASE(what_nobody_serves_is_counted_each_time)
{
    HttpDriver driver(*this);
    driver.send("DELETE /cometd HTTP/1.1\r\nHost: x\r\n\r\n"
                "GET /cometd?jsonp=a;b HTTP/1.1\r\nHost: x\r\n\r\n"
                "DELETE /file HTTP/1.1\r\nHost: x\r\n\r\n"
                "GET /missing HTTP/1.1\r\nHost: x\r\n\r\n" +
                post("[]") + post(body));
    BOOST_TEST(take_responses(driver.output).size() == 6U);
    BOOST_TEST(counted.count(400) == 2U);
    BOOST_TEST(counted.count(405) == 1U);
    BOOST_TEST(counted.count(404) == 0U);
    BOOST_TEST(counted.count(500) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
