#include "server/event_stream.hpp"
#include "tests/http_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;

namespace {

FrozenMessage frozen(std::string json)
{
    return std::make_shared<Frozen const>(Frozen{"/a", std::move(json)});
}

std::string open_request(std::string_view headers = "", std::string_view target = "/cometd/abc123")
{
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n" +
           std::string(headers) + "\r\n";
}

struct Settings : HttpSettings {
    Response to(std::string_view bytes) const { return response_to(*this, bytes); }
};

/// A connection whose stream has been asked for.
struct AskedStream : HttpDriver {
    explicit AskedStream(HttpSettings const& settings, std::string_view headers = "")
        : HttpDriver(settings)
    {
        engine = nullptr;
        send(open_request(headers));
    }
};

/// A connection whose stream is open; `output` is what came behind its start.
struct OpenStream : AskedStream {
    explicit OpenStream(HttpSettings const& settings) : AskedStream(settings)
    {
        answer(Reply{});
        output.clear();
    }

    std::string event(std::vector<FrozenMessage> messages)
    {
        Reply reply;
        reply.messages = std::move(messages);
        answer(reply);
        return std::exchange(output, {});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_stream, Settings)

BOOST_AUTO_TEST_CASE(the_client_id_stands_right_below_a_mount)
{
    auto const id = [](std::string_view path, std::vector<std::string> const& mounts) {
        return stream_client_id(path, mounts).value_or("none");
    };
    BOOST_TEST(id("/cometd/abc", {"/x", "/cometd"}) == "abc");
    BOOST_TEST(id("/a/b/abc", {"/a/b"}) == "abc");
    BOOST_TEST(id("/abc", {"/"}) == "abc");
    BOOST_TEST(id("/cometd/abc/abc", {"/cometd"}) == "abc"); // Faye 0.8
    BOOST_TEST(id("/abc/abc", {"/"}) == "abc");
    BOOST_TEST(id("/cometd/abc/abc/abc", {"/cometd"}) == "none");
    BOOST_TEST(id("/cometd//", {"/cometd"}) == "none");
    for (auto const* path : {"/cometd", "/cometd/", "/cometd/x/abc", "/abc", "/cometdx/abc", "*"})
        BOOST_TEST(id(path, {"/cometd"}) == "none", path);
    BOOST_TEST(id("/x/abc", {"/"}) == "none");
    BOOST_TEST(id("/", {"/"}) == "none");
}

BOOST_AUTO_TEST_CASE(a_stream_is_asked_of_the_engine_and_opened_at_once)
{
    AskedStream stream(*this, "Cookie: BAYEUX_BROWSER=b\r\n");
    BOOST_TEST(stream.connection.awaiting_answer());
    BOOST_TEST(!stream.connection.streaming());
    BOOST_TEST(stream.output == "");
    BOOST_TEST_REQUIRE(stream.requests.size() == 1U);
    BOOST_TEST((stream.requests[0].request.transport == Transport::eventsource));
    BOOST_TEST(stream.requests[0].request.browser_id == "b");
    BOOST_TEST(stream.requests[0].client_id == "abc123");
    BOOST_TEST(stream.requests[0].batch.empty());
    stream.answer(Reply{});
    BOOST_TEST(stream.output == "HTTP/1.1 200 OK\r\n"
                                "Connection: close\r\n"
                                "Content-Type: text/event-stream; charset=utf-8\r\n"
                                "Cache-Control: no-store\r\n"
                                "X-Content-Type-Options: nosniff\r\n"
                                "X-Accel-Buffering: no\r\n"
                                "\r\n"
                                "retry: 5000\n\n");
    BOOST_TEST(stream.connection.streaming());
    BOOST_TEST(!stream.connection.idle());
    BOOST_TEST(!stream.connection.closing());
}

BOOST_AUTO_TEST_CASE(each_reply_is_an_event_with_all_its_messages)
{
    OpenStream stream(*this);
    BOOST_TEST(stream.event({frozen("{\"a\":1}")}) == "data: [{\"a\":1}]\n\n");
    BOOST_TEST(stream.event({frozen("{\"a\":2}"), frozen("{}")}) == "data: [{\"a\":2},{}]\n\n");
    BOOST_TEST(stream.event({}) == "");
}

BOOST_AUTO_TEST_CASE(line_breaks_of_a_publisher_do_not_break_the_event)
{
    OpenStream stream(*this);
    BOOST_TEST(stream.event({frozen("{\"data\":[1,\n2,\r\n3,\r\r4]}\n\n"), frozen("{}")}) ==
               "data: [{\"data\":[1, 2,  3,  4]}  ,{}]\n\n");
}

BOOST_AUTO_TEST_CASE(a_heartbeat_is_a_comment)
{
    std::string out;
    append_heartbeat(out);
    BOOST_TEST(out == ":\n\n");
}

BOOST_AUTO_TEST_CASE(a_reply_that_failed_ends_the_stream)
{
    OpenStream stream(*this);
    stream.answer(Reply::failed({}, 500));
    BOOST_TEST(stream.output == "");
    BOOST_TEST(stream.connection.closing());
}

BOOST_AUTO_TEST_CASE(a_stream_that_the_engine_refuses_is_a_status)
{
    AskedStream stream(*this);
    stream.answer(Reply::failed({}, 400));
    auto const response = take_response(stream.output);
    BOOST_TEST(response.status == 400U);
    BOOST_TEST(response["Connection"] == "close");
    BOOST_TEST(stream.connection.closing());
}

BOOST_AUTO_TEST_CASE(what_the_client_still_sends_is_dropped)
{
    AskedStream stream(*this);
    stream.send(post("{}"));
    BOOST_TEST(stream.unconsumed != "");
    stream.answer(Reply{});
    BOOST_TEST(stream.unconsumed == "");
    stream.send(post("{}"));
    BOOST_TEST(stream.unconsumed == "");
    BOOST_TEST(stream.requests.size() == 1U);
}

BOOST_AUTO_TEST_CASE(other_requests_open_no_stream)
{
    BOOST_TEST(to("GET /cometd/abc HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n").status == 400U);
    BOOST_TEST(to("GET /cometd/abc HTTP/1.1\r\nHost: x\r\n\r\n").status == 400U);
    BOOST_TEST(to(open_request("", "/cometd")).status == 400U);
    BOOST_TEST(to(open_request("", "/cometd/a/b")).status == 400U);
    BOOST_TEST(to(open_request("", "/elsewhere/abc")).status == 404U);
    auto put = open_request();
    BOOST_TEST(to(put.replace(0, 3, "PUT")).status == 400U);
    BOOST_TEST(to(post("{}", "Accept: text/event-stream\r\n")).status == 200U);
    eventsource = false;
    BOOST_TEST(to(open_request()).status == 400U);
}

BOOST_AUTO_TEST_CASE(only_allowed_origins_open_a_stream)
{
    allowed_origins = AllowedOrigins({"https://example.org"});
    for (auto const* origin : {"https://example.org", "http://x", "http://X"})
        BOOST_TEST(AskedStream(*this, "Origin: " + std::string(origin) + "\r\n")
                       .connection.awaiting_answer(),
            origin);
    for (auto const* origin : {"https://evil.example", "null", "http://x:81"}) {
        auto const response = to(open_request("Origin: " + std::string(origin) + "\r\n"));
        BOOST_TEST(response.status == 403U, origin);
        BOOST_TEST(!response.has("Access-Control-Allow-Origin"));
    }
    AskedStream stream(*this, "Origin: https://example.org\r\n");
    stream.answer(Reply{});
    BOOST_TEST(stream.output.find("\r\nAccess-Control-Allow-Origin: https://example.org\r\n"
                                  "Access-Control-Allow-Credentials: true\r\n"
                                  "Vary: Origin\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
