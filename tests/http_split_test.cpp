// However the bytes of a connection are split, its answer is the same.

#include "server/static_files.hpp"
#include "tests/http_fixture.hpp"
#include "tests/websocket_driver.hpp"

using namespace bayeux::server;

namespace {

struct Transcript {
    std::string output;
    bool closing;
    friend bool operator==(Transcript const&, Transcript const&) = default;
};

Transcript transcript_of(HttpSettings const& settings, std::vector<std::string_view> const& pieces)
{
    UpgradeDriver driver(settings);
    for (auto const piece : pieces)
        driver.send(piece);
    return {driver.output, driver.closing()};
}

std::vector<std::string> conversations()
{
    std::string const json = R"([{"channel":"/a","data":"x"}])";
    std::string const chunked =
        "POST /cometd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    return {
        post(json),
        post(json) + post(json, "Cookie: BAYEUX_BROWSER=b\r\n") + get,
        "\r\n\r\n" + get + "\r\n" + post(json),
        post(json, "Connection: close\r\n") + post(json),
        post(json, "Origin: https://o\r\n"),
        post(json, "Expect: 100-continue\r\n") + get,
        post(json, "Expect: miracles\r\n") + get,
        post("message=%5B%7B%22channel%22%3A%22%2Fa%22%7D%5D&message={}") + get,
        post("[{\"data\":\"\xE1\"}]", "Content-Type: text/json; charset=ISO-8859-7\r\n"),
        post("\xEF\xBB\xBF[{}]"),
        "GET /cometd?jsonp=c&message=%5B%7B%7D%5D HTTP/1.1\r\nHost: x\r\n\r\n" + get,
        "GET /cometd?jsonp=c&message=%5B HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n" + get,
        "GET /cometd/abc HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n" + get +
            post(json),
        post("[{") + post("[]") + post("") + get,
        post(std::string(200, ' ') + json),
        post(std::string(300, ' ')) + get,
        post(json, "X: " + std::string(400, 'x') + "\r\n"),
        std::string(500, 'x'),
        chunked + "8\r\n[{\"data\"\r\n4;x=y\r\n:1}]\r\n0\r\nT: v\r\n\r\n" + get,
        chunked + "8\r\n[{\"data\"\r\n4;x=\"y\r\n:1}]\r\n0\r\n\r\n" + get,
        chunked + "2\r\n{}x\r\n" + get,
        chunked + "2\r\n{}\rx" + get,
        chunked + "1FF\r\n" + get,
        chunked + "2;" + std::string(400, 'x') + "\r\n{}\r\n0\r\n\r\n",
        chunked + "2;x\ny\r\n" + get,
        chunked + "2 x\r\n{}\r\n0\r\n\r\n" + get,
        chunked + "2 ;x\r\n{}\r\n0\r\nno colon\r\n\r\n" + get,
        chunked + "0\r\n\r\n" + get,
        chunked + "0\r\nContent-Length: 5\r\n\r\n" + get,
        "POST /cometd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        "Content-Length: 5\r\n\r\n",
        "POST /cometd HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n" + get,
        "POST /cometd HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}" + get,
        "POST /cometd HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}" + get,
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nOrigin: https://o\r\n"
        "Access-Control-Request-Headers: a\r\n\r\n" +
            get,
        "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + get,
        "GET /with-index HTTP/1.1\r\nHost: x\r\n\r\nGET /with-index/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%2e%2e HTTP/1.1\r\nHost: x\r\n\r\nGET /%2 HTTP/1.1\r\nHost: x\r\n\r\n" + get,
        "PUT /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + get,
        "GET /\n\n" + get,
        "GET /\r\nHost: x\n\r\n" + get,
        "GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n" + get,
        "GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n" + get,
        post(json) + upgrade_request() + client_text(json) + client_text("[]") + client_text("{}"),
        upgrade_request("Origin: https://o\r\n", "/cometd/x") +
            client_frame(1, "[{\"data", Fin::no) + client_frame(9, "ping") +
            client_frame(0, "", Fin::no) + client_frame(0, "\":1}]") + client_frame(8, "\x03\xe9") +
            client_text(json),
        upgrade_request() + client_text(std::string(200, ' ') + json) + client_frame(2, json) +
            client_text("[") + client_text(json),
        upgrade_request() + client_text(std::string(251, ' ')),
        upgrade_request() + client_frame(1, std::string(200, ' '), Fin::no) +
            client_frame(0, std::string(200, ' ')),
        upgrade_request() + json,
        upgrade_request() + client_frame(1, "", Fin::no) + client_frame(1, ""),
        upgrade_request() + client_frame(8, ""),
        upgrade_request() + client_frame(8, "x") + client_text(json),
        upgrade_request() + client_frame(3, json),
        upgrade_request("Content-Length: 2\r\n") + "{}" + get,
        upgrade_request("Origin: http://x\r\nSec-WebSocket-Version: 8\r\n") + get,
        "PATCH /via/a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + get,
        "HEAD /via/ HTTP/1.1\r\nHost: x\r\n\r\n" + get,
        "PUT /via/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\n\r\n" +
            get,
        "PUT /via/ HTTP/1.1\r\nHost: x\r\nContent-Length: 251\r\n\r\nabc" + get,
        "G\x01",
        "\x16\x03\x01",
    };
}

struct Site : HttpSettings {
    Site() : files(with_content(directory))
    {
        static_files = &files;
        allowed_origins = AllowedOrigins({"*"});
        service_paths = {"/via/"};
        max_header_size = 300;
        max_message_size = 250;
    }

    static std::filesystem::path with_content(TemporaryDirectory const& directory)
    {
        directory.write("index.html", "home");
        directory.write("with-index/index.html", "sub");
        return directory.path;
    }

    TemporaryDirectory directory;
    StaticFiles files;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(http_split, Site)

BOOST_AUTO_TEST_CASE(two_pieces_are_answered_like_one)
{
    for (auto const& bytes : conversations()) {
        auto const whole = transcript_of(*this, {bytes});
        auto const view = std::string_view(bytes);
        for (std::size_t i = 1; i < bytes.size(); ++i)
            BOOST_TEST((transcript_of(*this, {view.substr(0, i), view.substr(i)}) == whole),
                bytes << "\nsplit at " << i);
    }
}

BOOST_AUTO_TEST_CASE(single_bytes_are_answered_like_one_piece)
{
    for (auto const& bytes : conversations()) {
        std::vector<std::string_view> pieces;
        for (auto const& byte : bytes)
            pieces.emplace_back(&byte, 1);
        BOOST_TEST((transcript_of(*this, pieces) == transcript_of(*this, {bytes})), bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()
