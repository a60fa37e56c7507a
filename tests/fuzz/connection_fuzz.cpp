// Drives a connection by the input's bytes, from HTTP into a stream of events or a WebSocket:
// requests of every kind and garbage, in pieces; answers of every kind, late; timeouts, a server
// that drains. Whatever it sends in one step is whole and well-formed, each request is given out
// once and has one response, and behind the end comes nothing.

#include "tests/fuzz/wire_checks.hpp"
#include "tests/websocket_driver.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace bayeux;
using namespace bayeux::fuzz;
using namespace bayeux::server;

namespace {

HttpSettings settings_from(Bytes& bytes)
{
    HttpSettings settings;
    settings.allowed_origins = AllowedOrigins({"https://*.example.org"});
    settings.service_paths = {"/via/", "/one"};
    settings.max_header_size = 500;
    settings.max_message_size = 400;
    settings.parse_limits = {.depth = 8, .messages = 20};
    settings.ws_max_message_size = 400;
    auto const flags = bytes.next();
    if ((flags & 1) != 0)
        settings.ws_deflate = std::make_shared<MessageDeflate>();
    settings.keep_heads = (flags & 2) != 0;
    settings.ws_messages_per_frame = (flags & 4) != 0 ? 3 : 1;
    settings.date = (flags & 8) != 0 ? "Thu, 01 Jan 1970 00:00:00 GMT" : "";
    if ((flags & 16) != 0)
        settings.allowed_origins = AllowedOrigins({"*"});
    return settings;
}

class Peer {
public:
    explicit Peer(Bytes& bytes)
        : bytes_(bytes),
          settings_(settings_from(bytes)),
          frames_(settings_.ws_deflate.get()),
          http_(settings_)
    {}

    void act();
    /// All that was sent is taken and answered.
    void finish();

private:
    void write();
    void write_request();
    void write_frame();
    void deliver(std::size_t count);
    void take(std::string_view received);
    void answer();
    void push();
    Reply reply();
    bool closing() const { return websocket_ ? websocket_->closing() : http_.closing(); }

    Bytes& bytes_;
    HttpSettings settings_;
    Frames frames_;
    HttpConnection http_;
    std::unique_ptr<WebSocket> websocket_;
    std::string to_send_;  ///< the client's
    std::string received_; ///< not taken yet
    bool for_service_ = false;
};

void Peer::act()
{
    switch (bytes_.below(16)) {
    case 0:
        to_send_ += bytes_.text(bytes_.next());
        return;
    case 1:
        return deliver(1 + bytes_.below(4));
    case 2:
    case 3:
        return deliver(bytes_.next());
    case 4:
        return deliver(to_send_.size());
    case 5:
    case 6:
        return answer();
    case 7:
        return push();
    case 8: {
        std::string out;
        if (websocket_) {
            if (!closing())
                bytes_.of({false, true}) ? websocket_->time_out(out)
                                         : websocket_->go_away(out, "idle");
            return frames_.read(out);
        }
        if (http_.awaiting_answer() || http_.streaming() || closing() || bytes_.below(4) != 3)
            return;
        http_.time_out(out);
        require(closing(), "a timeout that does not close");
        return require(Responses(out).rest().empty(), "half a response");
    }
    case 9:
        if (bytes_.below(8) == 7)
            http_.close_after_answer();
        return;
    default:
        return write();
    }
}

void Peer::write()
{
    if (websocket_)
        write_frame();
    else
        write_request();
}

void Peer::write_request()
{
    auto const body = bytes_.of<std::string>({R"([{"channel":"/a","data":1}])", "[]", "[{}",
        "message=%5B%7B%22channel%22%3A%22%2Fa%22%7D%5D", "x\xff", std::string(300, ' ')});
    std::string head;
    std::string tail;
    switch (bytes_.below(10)) {
    case 0:
    case 1:
        head = "POST /cometd HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size());
        tail = body;
        break;
    case 2:
        head = "POST /cometd/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked";
        tail = "3;e=\"\r\"\r\n" + body.substr(0, 3) + "\r\n0\r\nX: y\r\n\r\n";
        break;
    case 3:
        head = "GET /cometd?jsonp=f&message=" + body + " HTTP/1.1\r\nHost: x";
        break;
    case 4:
        to_send_ +=
            upgrade_request(bytes_.of({"", "Sec-WebSocket-Extensions: permessage-deflate\r\n",
                "Origin: https://a.example.org\r\n", "Origin: https://evil\r\n"}));
        return;
    case 5:
        head = "GET /cometd/abc HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream";
        break;
    case 6:
        head = std::string(bytes_.of({"PUT /via/x?y", "HEAD /via/", "GET /one", "DELETE /one"})) +
               " HTTP/1.1\r\nHost: x\r\nContent-Length: 1";
        tail = "z";
        break;
    case 7:
        head = "OPTIONS /cometd HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Headers: a, b";
        break;
    default:
        head = std::string(bytes_.of({"GET / HTTP/1.0", "HEAD /x HTTP/1.1", "POST /nobody HTTP/1.1",
                   "GET /cometd HTTP/1.1"})) +
               "\r\nHost: x";
        break;
    }
    auto const parts = bytes_.next();
    if ((parts & 1) != 0)
        head += "\r\nOrigin: https://b.example.org";
    if ((parts & 2) != 0)
        head += "\r\nConnection: close";
    if ((parts & 4) != 0)
        head += "\r\nCookie: a=b; BAYEUX_BROWSER=\"xyz\"";
    if ((parts & 8) != 0)
        head += "\r\nExpect: 100-continue";
    if ((parts & 16) != 0)
        head += "\r\nContent-Type: application/x-www-form-urlencoded; charset=iso-8859-1";
    to_send_ += head + "\r\n\r\n" + tail;
}

void Peer::write_frame()
{
    auto const first = bytes_.of({1U, 1U, 0U, 2U, 8U, 9U, 10U, 0x41U, 0x40U, 3U});
    auto payload = bytes_.of<std::string>({R"([{"channel":"/a","data":1}])", "[]", "", "[{",
        R"({"channel":"/b"})", "\x03\xe8over", "\xc3", std::string(200, ' ')});
    if ((first & 0x40U) != 0 && settings_.ws_deflate && bytes_.of({true, false}))
        payload = settings_.ws_deflate->compress(payload + std::string(50, ' ')).value_or(payload);
    to_send_ +=
        client_frame(static_cast<std::uint8_t>(first), payload, bytes_.of({Fin::yes, Fin::no}));
}

void Peer::deliver(std::size_t count)
{
    auto const piece = to_send_.substr(0, count);
    to_send_.erase(0, piece.size());
    take(piece);
}

/// As Connection::process() does.
void Peer::take(std::string_view piece)
{
    received_ += piece;
    while (websocket_ || !http_.awaiting_answer()) {
        bool const was_closing = closing();
        bool const was_streaming = !websocket_ && http_.streaming();
        std::string out;
        std::optional<BayeuxRequest> request;
        auto const copy = received_; // gone at once: a view kept into it would be found out
        auto const used = websocket_ ? websocket_->consume(copy, out, request)
                                     : http_.consume(copy, out, request);
        require(used <= received_.size(), "more taken than there was");
        received_.erase(0, used);
        require(!was_closing || (out.empty() && !request && received_.empty()), "no end");
        require(!was_streaming || (out.empty() && !request), "a stream that listens");
        if (websocket_) {
            frames_.read(out);
            (void)websocket_->take_refusal();
            require(!request || !request->batch.empty(), "a batch of nothing");
            if (request) {
                std::string answered;
                websocket_->answer(reply(), answered);
                frames_.read(answered);
                continue;
            }
            if (used == 0 || received_.empty())
                return;
            continue;
        }
        Responses const responses(out);
        require(responses.rest().empty(), "half a response");
        require(request.has_value() == http_.awaiting_answer(), "who waits for what?");
        require(responses.upgrades == http_.upgraded(), "upgraded without a word");
        if (request) {
            for_service_ = request->service_body.has_value();
            return;
        }
        if (http_.upgraded())
            websocket_ = std::make_unique<WebSocket>(
                settings_, http_.deflates() ? settings_.ws_deflate.get() : nullptr);
        else if (used == 0 || received_.empty())
            return;
    }
}

Reply Peer::reply()
{
    Reply reply;
    auto const parts = bytes_.next();
    if ((parts & 7) == 7)
        return Reply::failed({}, bytes_.of({400, 500, 413}));
    if ((parts & 1) != 0)
        reply.first = R"({"channel":"/meta/handshake"})";
    if ((parts & 2) != 0)
        reply.replies = R"({"channel":"/a","successful":true},{"channel":"/b","successful":true})";
    if ((parts & 4) != 0)
        for (auto count = 1 + bytes_.below(4); count-- > 0;)
            reply.messages.push_back(
                freeze("/a", "\"\xe2\x80\xa8" + std::string(bytes_.of({1U, 2000U}), 'x') + "\""));
    if ((parts & 8) != 0)
        reply.set_browser_id = "abc";
    reply.whole = (parts & 16) != 0;
    return reply;
}

void Peer::answer()
{
    if (websocket_ || !http_.awaiting_answer())
        return;
    std::string out;
    if (for_service_)
        http_.answer(WebReply::text(bytes_.of({200U, 204U, 304U, 404U}), "a line"), out);
    else
        http_.answer(reply(), out);
    require(!http_.awaiting_answer(), "an answer that is not taken");
    Responses const responses(out);
    require(responses.final_ones == 1 && responses.interim == 0, "not one response");
    require(responses.becomes_stream == (http_.streaming() && !closing()), "a stream?");
    if (responses.becomes_stream)
        check_events(responses.rest());
    else
        require(responses.rest().empty(), "more than a response");
    take({});
}

/// What the engine sends by itself.
void Peer::push()
{
    if (closing())
        return;
    std::string out;
    if (websocket_) {
        websocket_->answer(reply(), out);
        return frames_.read(out);
    }
    if (!http_.streaming())
        return;
    auto event = reply();
    if (!event.messages.empty() && event.ok) {
        http_.answer(event, out);
        check_events(out);
    }
}

void Peer::finish()
{
    bytes_.stop();
    deliver(to_send_.size());
    for (std::size_t left = received_.size() + 2; left > 0 && !websocket_; --left) {
        if (http_.awaiting_answer())
            answer();
        else if (!received_.empty())
            take({});
    }
    require(websocket_ || !http_.awaiting_answer(), "requests without end");
    require(websocket_ || received_.empty(), "bytes that nobody takes");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    Bytes bytes({reinterpret_cast<char const*>(data), size});
    Peer peer(bytes);
    while (!bytes.empty())
        peer.act();
    peer.finish();
    return 0;
}
