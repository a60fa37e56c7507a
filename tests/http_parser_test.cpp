#include "server/http_parser.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(http_parser)

namespace {

constexpr auto cookie_name = "BAYEUX_BROWSER";

/// `headers` are whole lines behind a request line and a Host. They must outlive the result.
std::variant<HeadView, HeadError> parse(std::string& text)
{
    text = "POST /cometd HTTP/1.1\r\nHost: x\r\n" + text + "\r\n";
    return parse_head(text, cookie_name);
}

HeadView parsed(std::string& text)
{
    auto const result = parse(text);
    BOOST_TEST_REQUIRE(std::holds_alternative<HeadView>(result), text);
    return std::get<HeadView>(result);
}

/// 0 when it is not refused.
unsigned status_of(std::string const& head)
{
    auto const result = parse_head(head, cookie_name);
    auto const* const error = std::get_if<HeadError>(&result);
    return error ? error->status : 0;
}

unsigned status_with(std::string headers)
{
    auto const result = parse(headers);
    auto const* const error = std::get_if<HeadError>(&result);
    return error ? error->status : 0;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_end_of_a_head_is_found_in_pieces)
{
    std::string const bytes = "GET / HTTP/1.1\r\nHost: x\r\n\r\nmore";
    for (std::size_t first = 0; first <= bytes.size(); ++first) {
        std::size_t resume = 0;
        auto end = find_head_end(std::string_view(bytes).substr(0, first), resume);
        if (end == 0)
            end = find_head_end(bytes, resume);
        BOOST_TEST(end == bytes.size() - 4, "split at " << first);
    }
}

BOOST_AUTO_TEST_CASE(bare_line_feeds_end_a_head_too)
{
    std::size_t resume = 0;
    BOOST_TEST(find_head_end("GET / HTTP/1.1\n\nmore", resume) == 16);
    BOOST_TEST(status_of("GET / HTTP/1.1\n\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: x\n\r\n") == 400);
}

BOOST_AUTO_TEST_CASE(header_names_are_known_in_any_case)
{
    std::string text = "CONTENT-TYPE: a/b\r\norigin:http://o\r\nIf-none-Match: *  \r\n"
                       "content-length: 7\r\naccess-control-request-headers: h\r\n"
                       "eXpect: 100-continue\r\n";
    auto const head = parsed(text);
    BOOST_TEST(head.method == "POST");
    BOOST_TEST(head.target == "/cometd");
    BOOST_TEST(head.content_type == "a/b");
    BOOST_TEST(head.origin == "http://o");
    BOOST_TEST(head.if_none_match == "*");
    BOOST_TEST(head.expect == "100-continue");
    BOOST_TEST(head.requested_headers == "h");
    BOOST_TEST(head.content_length == 7);
    BOOST_TEST(head.has_body());
    BOOST_TEST(head.keep_alive);
}

BOOST_AUTO_TEST_CASE(the_browser_cookie_is_picked_from_all_cookies)
{
    struct {
        char const* headers;
        char const* value;
    } const rows[] = {
        {"", ""},
        {"Cookie: BAYEUX_BROWSER=abc\r\n", "abc"},
        {"Cookie: a=b; BAYEUX_BROWSER=abc;c=d\r\n", "abc"},
        {"Cookie: a=b;BAYEUX_BROWSER=\"abc\"\r\n", "abc"},
        {"Cookie: XBAYEUX_BROWSER=x; BAYEUX_BROWSERX=y; bayeux_browser=z\r\n", ""},
        {"Cookie: a=b\r\nCookie: BAYEUX_BROWSER=abc\r\n", "abc"},
        {"Cookie: BAYEUX_BROWSER=abc\r\nCookie: a=b\r\n", "abc"},
        {"Cookie: BAYEUX_BROWSER=first; BAYEUX_BROWSER=second\r\n", "first"},
        {"Cookie: BAYEUX_BROWSER\r\n", ""},
        {"Cookie: ;;; =\r\n", ""},
        {"Cookie: BAYEUX_BROWSER=a=b\r\n", "a=b"},
    };
    for (auto const& row : rows) {
        std::string text = row.headers;
        BOOST_TEST(parsed(text).browser_cookie == row.value, row.headers);
    }
}

BOOST_AUTO_TEST_CASE(persistence_follows_version_and_connection_header)
{
    auto const keeps = [](std::string const& line, std::string const& headers) {
        auto const text = "GET / " + line + "\r\nHost: x\r\n" + headers + "\r\n";
        return std::get<HeadView>(parse_head(text, cookie_name)).keep_alive;
    };
    BOOST_TEST(keeps("HTTP/1.1", ""));
    BOOST_TEST(!keeps("HTTP/1.1", "Connection: Close\r\n"));
    BOOST_TEST(!keeps("HTTP/1.1", "Connection: x, close\r\n"));
    BOOST_TEST(!keeps("HTTP/1.0", ""));
    BOOST_TEST(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

BOOST_AUTO_TEST_CASE(lengths_that_two_readers_could_understand_differently_are_refused)
{
    for (auto const* headers : {
             "Content-Length: 5\r\nContent-Length: 6\r\n",
             "Content-Length: 5, 6\r\n",
             "Content-Length: +5\r\n",
             "Content-Length: -5\r\n",
             "Content-Length: 0x5\r\n",
             "Content-Length: 5 5\r\n",
             "Content-Length:\r\n",
             "Content-Length: 99999999999999999999\r\n",
             "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
             "Content-Length: 5\r\nTransfer-Encoding: identity\r\n",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
             "Transfer-Encoding : chunked\r\n",
             "Transfer-Encoding:\r\n chunked\r\n",
             "Content-Length: 5\r\n 0\r\n",
             "X: y\r\n z\r\n",
             "X:\r\n\tz\r\n",
             "X: y\r\n \r\n",
             "Content-Length: 5,\r\n",
             "Content-Length: 5.0\r\n",
             "Content-Length: 1e1\r\n",
             "Content-Length: 1_0\r\n",
             "Content-Length: \xd9\xa5\r\n",
             "Content-Length: 5\v\r\n",
             "Content-Length : 5\r\n",
             "Content-Length\t: 5\r\n",
             " Content-Length: 5\r\n",
             "Content-Length: 18446744073709551616\r\n",
             "Content-Length: 5\r\ntRANSFER-encoding: chunked\r\n",
             "Transfer-Encoding: \vchunked\r\n",
             "Transfer-Encoding\r\n: chunked\r\n",
             "Transfer\xc2\xad-Encoding: chunked\r\n",
             "X: y\nTransfer-Encoding: chunked\r\n",
             "X: y\rTransfer-Encoding: chunked\r\n",
             "X: y\n\rTransfer-Encoding: chunked\r\n",
             "X: y\r\r\n",
             "X: y\n\r\n",
             "\rX: y\r\n",
         })
        BOOST_TEST(status_with(headers) == 400, headers);
    BOOST_TEST(status_with("Content-Length: 5\r\nContent-Length: 5\r\n") == 0);
}

BOOST_AUTO_TEST_CASE(transfer_codings_besides_chunked_are_not_implemented)
{
    for (auto const* coding : {"gzip", "gzip, chunked", "chunked, gzip", "xchunked", "", "identity",
             "chunked, chunked", "chunked,", ",chunked", "chunked;q=1", "\"chunked\""})
        BOOST_TEST(
            status_with("Transfer-Encoding: " + std::string(coding) + "\r\n") == 501, coding);
    std::string text = "Transfer-Encoding: Chunked\r\n";
    BOOST_TEST(parsed(text).chunked);
    BOOST_TEST(
        status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400); // RFC 9112 6.1
}

BOOST_AUTO_TEST_CASE(http_1_1_needs_exactly_one_host)
{
    BOOST_TEST(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 0);
    BOOST_TEST(status_of("GET / HTTP/1.0\r\n\r\n") == 0);
    BOOST_TEST(status_of("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\nhOST: b\r\n\r\n") == 400);
}

BOOST_AUTO_TEST_CASE(a_host_names_one)
{
    for (auto const* host : {"", "x", "example.org:8080", "a_b.example", "[::1]", "[::1]:80",
             "127.0.0.1", "xn--bcher-kva.example", "%c3%bc"})
        BOOST_TEST(
            status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 0, host);
    for (auto const* host : {"a b", "a, b", "a/b", "http://a", "u@a", "a?b", "a#b", "a\\b", "\"a\"",
             "<a>", "a\tb", "\xc3\xbc", "{a}", "a|b", "a^b", "a`b"})
        BOOST_TEST(
            status_of("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n") == 400, host);
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_refused)
{
    for (auto const* head : {
             "\r\n\r\n",
             "GET\r\n\r\n",
             "GET /\r\n\r\n",
             "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
             "GET / HTTP/1.2\r\nHost: x\r\n\r\n",
             "GET / http/1.1\r\nHost: x\r\n\r\n",
             "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
             "GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
             "GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
             "G@T / HTTP/1.1\r\nHost: x\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n",
             "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
             "GET / HTTP/1.1\nHost: x\r\n\r\n",
             "GET / HTTP/1.1\rHost: x\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\n\n",
             "GET /\rX HTTP/1.1\r\nHost: x\r\n\r\n",
             "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
             "GET /\tHTTP/1.1\r\nHost: x\r\n\r\n",
             "GET / HTTP/1.10\r\nHost: x\r\n\r\n",
             "GET / HTTP/01.1\r\nHost: x\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\nX[]: y\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\nX\x80: y\r\n\r\n",
             "GET / HTTP/1.1\r\nHost: x\r\nX: \x7f\r\n\r\n",
         })
        BOOST_TEST(status_of(head) == 400, head);
    using namespace std::string_literals;
    BOOST_TEST(status_of("GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n"s) == 400);
}

BOOST_AUTO_TEST_CASE(unknown_methods_and_odd_targets_are_requests)
{
    for (auto const* head : {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
             "post / HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
             "GET /\xC3\xBC\"<> HTTP/1.1\r\nHost: x\r\n\r\n"})
        BOOST_TEST(status_of(head) == 0, head);
}

BOOST_AUTO_TEST_CASE(an_upgrade_stands_in_lists_or_alone)
{
    auto const upgrades = [](std::string const& lines) {
        auto const head = "GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
        return std::get<HeadView>(parse_head(head, "B")).upgrades_to_websocket;
    };
    for (auto const* lines : {"Connection: Upgrade\r\nUpgrade: websocket\r\n",
             "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n",
             "Upgrade: h2c, websocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n",
             "Upgrade: h2c\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"})
        BOOST_TEST(upgrades(lines), lines);
    for (auto const* lines : {"Upgrade: websocket\r\n", "Connection: Upgrade\r\n",
             "Connection: keep-alive\r\nUpgrade: websocket\r\n",
             "Connection: Upgrade\r\nUpgrade: websockets\r\n"})
        BOOST_TEST(!upgrades(lines), lines);
}

BOOST_AUTO_TEST_CASE(events_are_accepted_by_their_media_type)
{
    auto const accepts = [](std::string const& lines) {
        auto const head = "GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
        return std::get<HeadView>(parse_head(head, "B")).accepts_events;
    };
    BOOST_TEST(accepts("Accept: text/event-stream\r\n"));
    BOOST_TEST(accepts("Accept: text/html, Text/Event-Stream;q=0.5\r\nAccept: */*\r\n"));
    BOOST_TEST(!accepts("Accept: */*, text/*\r\n"));
    BOOST_TEST(!accepts(""));
}

BOOST_AUTO_TEST_SUITE_END()
