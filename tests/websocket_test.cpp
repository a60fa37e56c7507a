#include "server/websocket.hpp"
#include "server/websocket_upgrade.hpp"
#include "tests/websocket_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;
using namespace bayeux::testing;

BOOST_FIXTURE_TEST_SUITE(websocket, SocketSettings)

// The upgrade (12.1)

BOOST_AUTO_TEST_CASE(the_accept_key_is_that_of_the_rfc)
{
    BOOST_TEST(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

BOOST_AUTO_TEST_CASE(every_path_under_a_mount_can_be_upgraded)
{
    paths = {"/cometd", "/faye"};
    for (auto const* target : {"/cometd", "/cometd/", "/cometd/handshake", "/faye?x=y"}) {
        UpgradeDriver driver(*this);
        driver.send(upgrade_request("Sec-WebSocket-Protocol: cometd.1\r\n"
                                    "Sec-WebSocket-Extensions: permessage-deflate\r\n",
            target));
        BOOST_TEST(driver.output == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                    "Connection: Upgrade\r\n"
                                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    }
    BOOST_TEST(response_to(*this, upgrade_request("", "/cometdx")).status == 404);
}

BOOST_AUTO_TEST_CASE(a_subprotocol_that_is_demanded_has_to_be_offered_and_is_confirmed)
{
    ws_protocol = "bayeux.v1";
    for (auto const* offered : {"bayeux.v1", "other, bayeux.v1", "bayeux.v1,bayeux.v2"}) {
        UpgradeDriver driver(*this);
        driver.send(upgrade_request("Sec-WebSocket-Protocol: " + std::string(offered) + "\r\n"));
        BOOST_TEST(driver.http.connection.upgraded());
        BOOST_TEST(driver.output.ends_with("\r\nSec-WebSocket-Protocol: bayeux.v1\r\n\r\n"));
    }
    for (auto const* lines : {"", "Sec-WebSocket-Protocol: other\r\n",
             "Sec-WebSocket-Protocol: bayeux.v12, BAYEUX.V1\r\n"}) {
        auto const response = response_to(*this, upgrade_request(lines));
        BOOST_TEST(response.status == 400, lines);
        BOOST_TEST(response.body == "Unknown WebSocket Protocol\n");
    }
}

BOOST_AUTO_TEST_CASE(an_upgrade_is_told_the_version_that_is_spoken)
{
    auto request = upgrade_request();
    request.replace(request.find("Version: 13"), 11, "Version: 8");
    auto const response = response_to(*this, request);
    BOOST_TEST(response.status == 426);
    BOOST_TEST(response["Sec-WebSocket-Version"] == "13");
}

BOOST_AUTO_TEST_CASE(a_wrong_upgrade_is_refused)
{
    auto const without = [](std::string_view line) {
        auto request = upgrade_request();
        auto const begin = request.find(line);
        return request.erase(begin, request.find("\r\n", begin) + 2 - begin);
    };
    auto const with = [](std::string_view from, std::string_view to) {
        auto request = upgrade_request();
        return request.replace(request.find(from), from.size(), to);
    };
    BOOST_TEST(response_to(*this, without("Sec-WebSocket-Key")).status == 400);
    BOOST_TEST(response_to(*this, with("ub25jZQ==", "ub25jZQ=")).status == 400);
    BOOST_TEST(response_to(*this, with("HTTP/1.1", "HTTP/1.0")).status == 400);
    BOOST_TEST(response_to(*this, upgrade_request("Content-Length: 2\r\n") + "{}").status == 400);
    for (auto const* line : {"Upgrade: websocket", "Connection: keep-alive"}) {
        auto const response = response_to(*this, without(line));
        BOOST_TEST(response.status == 400);
        BOOST_TEST(response.body == "Unknown Bayeux Transport\n");
    }
    BOOST_TEST(response_to(*this, without("Sec-WebSocket-Version")).status == 426);
}

BOOST_AUTO_TEST_CASE(a_refused_upgrade_does_not_end_the_connection)
{
    UpgradeDriver driver(*this);
    driver.send(upgrade_request("Origin: https://elsewhere\r\n") + upgrade_request());
    BOOST_TEST(take_response(driver.output).status == 403);
    BOOST_TEST(driver.http.connection.upgraded());
}

BOOST_AUTO_TEST_CASE(a_post_that_would_upgrade_is_a_post)
{
    auto const response = response_to(*this,
        post(batch, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == echoed);
}

BOOST_AUTO_TEST_CASE(only_pages_of_allowed_origins_can_open_a_socket)
{
    auto const upgrades = [this](std::string_view origin) {
        UpgradeDriver driver(*this);
        driver.send(upgrade_request("Origin: " + std::string(origin) + "\r\n"));
        if (!driver.http.connection.upgraded())
            BOOST_TEST(take_response(driver.output).status == 403);
        return driver.http.connection.upgraded();
    };
    BOOST_TEST(upgrades("http://x"), "the same origin");
    BOOST_TEST(upgrades("https://X"), "the same origin behind a proxy that does TLS");
    for (auto const* origin :
        {"https://o", "null", "http://x:81", "http://x.evil", "http://evil/x"})
        BOOST_TEST(!upgrades(origin), origin);
    allowed_origins = AllowedOrigins({"https://o"});
    BOOST_TEST(upgrades("https://o"));
    BOOST_TEST(!upgrades("https://p"));
}

BOOST_AUTO_TEST_CASE(without_the_transport_there_is_no_upgrade)
{
    websocket = false;
    auto const response = response_to(*this, upgrade_request());
    BOOST_TEST(response.status == 400);
    BOOST_TEST(response.body == "Unknown Bayeux Transport\n");
}

BOOST_AUTO_TEST_CASE(a_draining_server_upgrades_no_more)
{
    HttpDriver driver(*this);
    driver.connection.close_after_answer();
    driver.send(upgrade_request());
    BOOST_TEST(take_response(driver.output).status == 503);
    BOOST_TEST(driver.connection.closing());
}

// Frames from the client (12.2)

BOOST_AUTO_TEST_CASE(a_text_frame_is_a_batch)
{
    UpgradeDriver driver(*this);
    driver.send(upgrade_request() + client_text(batch));
    BOOST_TEST_REQUIRE(driver.requests.size() == 1U);
    BOOST_TEST((driver.requests[0].request.transport == Transport::websocket));
    BOOST_TEST(driver.requests[0].batch.at(0).data_text() == "1");
    BOOST_TEST((to(client_text(batch)) == std::vector<ServerFrame>{{text, echoed}}));
    BOOST_TEST((to(client_text(R"({"channel":"/a","data":1})")) ==
                   std::vector<ServerFrame>{{text, echoed}}),
        "a lone object too");
}

BOOST_AUTO_TEST_CASE(frames_of_every_length_arrive_and_are_answered)
{
    for (std::size_t const size : {40, 100, 125, 126, 127, 300, 65535, 65536, 70000}) {
        auto const padding = size - batch.size() - 2;
        auto const data = '"' + std::string(padding + 1, 'x') + '"';
        auto const sent = R"([{"channel":"/a","data":)" + data + "}]";
        BOOST_TEST_REQUIRE(sent.size() == size);
        BOOST_TEST((to(client_text(sent)) ==
                       std::vector<ServerFrame>{{text, R"(["","/a",)" + data + "]"}}),
            size);
    }
}

BOOST_AUTO_TEST_CASE(a_message_in_fragments_is_one_batch_whatever_comes_between_them)
{
    auto const sent = client_frame(text, "[{\"chan", Fin::no) + client_frame(ping, "p") +
                      client_frame(continuation, "", Fin::no) + client_frame(pong, "ignored") +
                      client_frame(continuation, "nel\":\"/a\",\"da", Fin::no) +
                      client_frame(continuation, "ta\":1}]");
    BOOST_TEST((to(sent) == std::vector<ServerFrame>{{pong, "p"}, {text, echoed}}));
}

BOOST_AUTO_TEST_CASE(several_batches_come_in_one_piece)
{
    BOOST_TEST((to(client_text(batch) + client_text("[]") + client_text(batch)) ==
                std::vector<ServerFrame>{{text, echoed}, {text, echoed}}));
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_with_its_payload)
{
    BOOST_TEST((to(client_frame(ping, "abc") + client_frame(ping, std::string(125, 'x'))) ==
                std::vector<ServerFrame>{{pong, "abc"}, {pong, std::string(125, 'x')}}));
}

BOOST_AUTO_TEST_CASE(what_says_nothing_is_ignored)
{
    for (auto const* nothing : {"", " ", "[]", " [ ] \r\n", "\t\t\t\t\t\t\t\t\t\t\t\t"})
        BOOST_TEST(to(client_text(nothing)).empty(), nothing);
    BOOST_TEST(to(client_frame(binary, batch)).empty());
    BOOST_TEST(to(client_frame(binary, "\xff", Fin::no) + client_frame(continuation, "")).empty());
    BOOST_TEST(to(client_frame(pong, "unasked")).empty());
    BOOST_TEST((to(client_frame(binary, "x") + client_text(batch)) ==
                std::vector<ServerFrame>{{text, echoed}}));
}

BOOST_AUTO_TEST_CASE(a_close_is_echoed_with_its_code)
{
    using namespace std::string_literals;
    BOOST_TEST(close_code(client_frame(close_frame, "\x03\xe8"s)) == 1000U);
    BOOST_TEST(close_code(client_frame(close_frame, "\x0f\xa0with a reason"s)) == 4000U);
    BOOST_TEST((to(client_frame(close_frame, "")) == std::vector<ServerFrame>{{close_frame, ""}}));
    BOOST_TEST((to(client_frame(close_frame, "\x03\xe8why"s)) ==
                std::vector<ServerFrame>{{close_frame, "\x03\xe8"s}}));
}

BOOST_AUTO_TEST_CASE(close_codes_that_none_may_send_are_not_echoed)
{
    using namespace std::string_literals;
    // 1 byte; 999, 1004, 1005, 1006, 1015, 2999, 5000
    for (auto const& payload : {"\x03"s, "\x03\xe7"s, "\x03\xec"s, "\x03\xed"s, "\x03\xee"s,
             "\x03\xf7"s, "\x0b\xb7"s, "\x13\x88"s})
        BOOST_TEST(close_code(client_frame(close_frame, payload)) == 1002U);
}

BOOST_AUTO_TEST_CASE(frames_against_the_protocol_close_the_socket)
{
    auto const flipped = [](std::size_t at, unsigned bits) {
        auto frame = client_text(batch);
        frame[at] = static_cast<char>(static_cast<unsigned char>(frame[at]) ^ bits);
        return frame;
    };
    BOOST_TEST(close_code(flipped(1, 0x80)) == 1002U, "not masked");
    for (auto const bit : {0x40U, 0x20U, 0x10U})
        BOOST_TEST(close_code(flipped(0, bit)) == 1002U, "reserved bits");
    for (auto const opcode : std::string("\3\4\5\6\7\v\f\r\x0e\x0f"))
        BOOST_TEST(close_code(client_frame(static_cast<std::uint8_t>(opcode), "x")) == 1002U,
            "opcode " << int{opcode});
    for (auto const opcode : {close_frame, ping, pong}) {
        BOOST_TEST(close_code(client_frame(opcode, std::string(126, 'x'))) == 1002U, "too long");
        BOOST_TEST(close_code(client_frame(opcode, "", Fin::no)) == 1002U, "in fragments");
    }
    BOOST_TEST(close_code(client_frame(continuation, batch)) == 1002U, "continues nothing");
    BOOST_TEST(close_code(client_frame(text, "[", Fin::no) + client_text(batch)) == 1002U,
        "begins inside another");
    BOOST_TEST(close_code(client_text(batch) + client_frame(continuation, "")) == 1002U);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_large_closes_the_socket)
{
    ws_max_message_size = 100;
    auto const blanks = [](std::size_t size) { return std::string(size, ' '); };
    BOOST_TEST(close_code(client_text(blanks(100))) == 0U);
    BOOST_TEST(close_code(client_text(blanks(101))) == 1009U);
    BOOST_TEST(close_code(client_text(blanks(101)).substr(0, 8)) == 1009U, "by its head alone");
    BOOST_TEST(close_code(client_frame(binary, blanks(101))) == 1009U);
    auto const first = client_frame(text, blanks(60), Fin::no);
    BOOST_TEST(close_code(first + client_frame(continuation, blanks(40))) == 0U);
    BOOST_TEST(close_code(first + client_frame(continuation, blanks(41))) == 1009U);
    BOOST_TEST(close_code(first + client_frame(continuation, blanks(60), Fin::no)) == 1009U);
    auto huge = client_text(blanks(70000)).substr(0, 14);
    huge.replace(2, 8, 8, '\xff');
    BOOST_TEST(close_code(huge) == 1009U);
}

BOOST_AUTO_TEST_CASE(what_is_no_batch_closes_the_socket)
{
    for (auto const* bad :
        {"[{\"channel\":", "null", "[1]", "x", "[[]]", "][", "[]]", R"([{"channel":1}])"})
        BOOST_TEST(close_code(client_text(bad)) == 1011U, bad);
    parse_limits.depth = 3;
    BOOST_TEST(close_code(client_text(R"([{"a":[[]]}])")) == 1011U);
}

BOOST_AUTO_TEST_CASE(too_many_messages_close_the_socket)
{
    parse_limits.messages = 2;
    BOOST_TEST(to(client_text("[{},{}]")).size() == 1U);
    BOOST_TEST(close_code(client_text("[{},{},{}]")) == 1009U);
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_closes_the_socket)
{
    for (auto const* bad : {"\xff", "[\"\xc3\"]",
             R"([{"channel":"/a","data":")"
             "\xed\xa0\x80\"}]"})
        BOOST_TEST(close_code(client_text(bad)) == 1007U, bad);
    BOOST_TEST(close_code(client_frame(close_frame, "\x03\xe8\xff")) == 1007U);
    auto const split = client_frame(text, "[{\"channel\":\"/\xc3", Fin::no);
    BOOST_TEST((to(split + client_frame(continuation, "\xa9\"}]")) ==
                std::vector<ServerFrame>{{text, "[\"\",\"/\u00e9\"]"}}));
}

BOOST_AUTO_TEST_CASE(a_failed_batch_closes_the_socket)
{
    UpgradeDriver driver(*this);
    driver.send(upgrade_request());
    driver.output.clear();
    driver.engine = [](BayeuxRequest const&) { return Reply::failed({}, 500); };
    driver.send(client_text(R"([{"channel":"/meta/handshake"},{"channel":"/a"}])"));
    auto const frames = frames_of(driver.output);
    BOOST_TEST_REQUIRE(frames.size() == 1U);
    BOOST_TEST(frames[0].opcode == close_frame);
    BOOST_TEST(frames[0].payload.substr(0, 2) == "\x03\xf3");
    BOOST_TEST(frames[0].payload.size() <= 32U);
    BOOST_TEST(driver.closing());
}

// Frames to the client (12.4)

BOOST_AUTO_TEST_CASE(handshake_messages_and_other_replies_have_frames_of_their_own)
{
    Reply reply;
    reply.first = R"({"handshake":1})";
    reply.messages = {frozen("{\"m\":1}"), frozen("{\"m\":2}"), frozen("{\"m\":3}")};
    reply.replies = R"({"r":1},{"r":2})";
    BOOST_TEST((answered(reply) == std::vector<ServerFrame>{{text, R"([{"handshake":1}])"},
                                       {text, "[{\"m\":1}]"}, {text, "[{\"m\":2}]"},
                                       {text, "[{\"m\":3}]"}, {text, R"([{"r":1},{"r":2}])"}}));
    ws_messages_per_frame = 2;
    BOOST_TEST((answered(reply) == std::vector<ServerFrame>{{text, R"([{"handshake":1}])"},
                                       {text, R"([{"m":1},{"m":2}])"}, {text, "[{\"m\":3}]"},
                                       {text, R"([{"r":1},{"r":2}])"}}));
    ws_messages_per_frame = 1'000'000;
    BOOST_TEST(answered(reply).size() == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_to_be_acknowledged_comes_in_one_frame_with_its_number)
{
    Reply reply;
    reply.messages = {frozen("{\"m\":1}"), frozen("{\"m\":2}")};
    reply.replies = R"({"r":1})";
    reply.whole = true;
    BOOST_TEST(
        (answered(reply) == std::vector<ServerFrame>{{text, R"([{"m":1},{"m":2},{"r":1}])"}}));
}

BOOST_AUTO_TEST_CASE(an_answer_of_nothing_is_no_frame)
{
    BOOST_TEST(answered({}).empty());
}

BOOST_AUTO_TEST_CASE(messages_of_every_length_are_framed)
{
    for (std::size_t const size : {123, 124, 125, 65533, 65534, 65535, 200'000}) {
        Reply reply;
        reply.messages = {frozen(std::string(size, 'x')), frozen("{}")};
        BOOST_TEST(
            (answered(reply) == std::vector<ServerFrame>{
                                    {text, '[' + std::string(size, 'x') + ']'}, {text, "[{}]"}}));
    }
}

// The end (12.5)

BOOST_AUTO_TEST_CASE(going_away_is_said_once)
{
    WebSocket socket(*this);
    std::string out;
    socket.go_away(out, "shutdown");
    socket.go_away(out, "idle");
    socket.answer(Reply::failed({}, 500), out);
    BOOST_TEST(socket.closing());
    BOOST_TEST((frames_of(out) == std::vector<ServerFrame>{{close_frame, "\x03\xe9shutdown"}}));
}

BOOST_AUTO_TEST_SUITE_END()
