#include "server/cli/bench/websocket_connection.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/http_answer.hpp"
#include "server/printable.hpp"

#include <utility>

namespace bayeux::cli {
namespace {

// Chance would cost, and there is no proxy here that could mistake what is sent (RFC 6455 10.3).
constexpr std::uint32_t mask = 0x5a17c3e9;

} // namespace

void WebSocketConnection::open()
{
    auto& text = network().scratch();
    text.append("GET ").append(network().path()).append(" HTTP/1.1\r\nHost: ");
    text.append(network().authority());
    text.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: YmF5ZXV4IGJlbmNoIGtleQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    send(text);
}

void WebSocketConnection::close()
{
    is_up_ = false;
    waiting_ = {};
    fragments_ = {};
    Connection::close();
}

void WebSocketConnection::send_text(std::string_view message)
{
    if (!is_open()) {
        open();
    }
    if (is_up_) {
        send_frame(Opcode::text, message);
    } else {
        append_frame(waiting_, Opcode::text, message, mask);
    }
}

void WebSocketConnection::send_frame(Opcode opcode, std::string_view payload)
{
    auto& text = network().scratch();
    append_frame(text, opcode, payload, mask);
    send(text);
}

std::size_t WebSocketConnection::take(std::string_view bytes)
{
    std::size_t taken = is_up_ ? 0 : take_upgrade(bytes);
    while (is_up_) { // what it is told may close it
        auto const frame = first_frame(bytes.substr(taken));
        if (!frame) {
            break;
        }
        taken += frame->length;
        take(*frame);
    }
    return taken;
}

std::size_t WebSocketConnection::take_upgrade(std::string_view bytes)
{
    auto const answer = first_answer(bytes, network().joined());
    if (!answer) {
        return 0;
    }
    if (answer->status != 101) {
        auto const line = answer->head.substr(0, answer->head.find('\r'));
        throw Failure("the server opens no WebSocket: " + server::printable(line));
    }
    is_up_ = true;
    if (!waiting_.empty()) {
        send(std::exchange(waiting_, {}));
    }
    owner_.opened();
    return answer->length;
}

void WebSocketConnection::take(Frame const& frame)
{
    switch (frame.opcode) {
    case Opcode::ping:
        send_frame(Opcode::pong, frame.payload);
        return;
    case Opcode::pong:
        return;
    case Opcode::close:
        throw Failure(
            "the server closed a WebSocket: " + server::printable(frame.payload.substr(0, 125)));
    case Opcode::text:
    case Opcode::binary:
    case Opcode::continuation:
        break;
    }
    if (frame.last && fragments_.empty()) {
        owner_.received(frame.payload);
        return;
    }
    fragments_ += frame.payload;
    if (frame.last) {
        owner_.received(std::exchange(fragments_, {}));
    }
}

void WebSocketConnection::lost(std::string const& why)
{
    throw Failure("a WebSocket was lost: " + why);
}

} // namespace bayeux::cli
