#include "server/websocket.hpp"

#include "bayeux/utf8.hpp"
#include "server/ascii.hpp"
#include "server/deflate.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::server {
namespace {

// Opcodes (RFC 6455 5.2)
constexpr std::uint8_t continuation = 0;
constexpr std::uint8_t text = 1;
constexpr std::uint8_t binary = 2;
constexpr std::uint8_t close_frame = 8;
constexpr std::uint8_t ping = 9;
constexpr std::uint8_t pong = 10;

/// RSV1: the message is compressed (RFC 7692 6).
constexpr std::uint8_t deflated_bit = 0x40;
/// What is no longer than this may be any number of times as long as its compressed form.
constexpr std::size_t min_ratio_size = 65'536;
/// Shorter ones gain little.
constexpr std::size_t min_deflated_size = 1'024;

constexpr std::size_t max_control_payload = 125;
/// CometD cuts its reasons at about this length too.
constexpr std::size_t max_close_reason = 30;

constexpr bool is_control(std::uint8_t opcode)
{
    return opcode >= close_frame;
}

unsigned byte_at(std::string_view bytes, std::size_t at)
{
    return static_cast<unsigned char>(bytes[at]);
}

void append_frame_head(std::string& out, std::uint8_t opcode, std::size_t size)
{
    out += static_cast<char>(0x80U | opcode);
    auto const append_size = [&](unsigned bytes) {
        for (auto at = bytes; at-- > 0;)
            out += static_cast<char>((size >> (8 * at)) & 0xffU);
    };
    if (size <= max_control_payload) {
        append_size(1);
    } else if (size <= 0xffff) {
        out += static_cast<char>(126);
        append_size(2);
    } else {
        out += static_cast<char>(127);
        append_size(8);
    }
}

/// Writes text frames, compressed where that was agreed on and pays.
class TextFrames {
public:
    TextFrames(std::string& out, MessageDeflate* deflate) : out_(out), deflate_(deflate) {}

    void append(std::string_view payload)
    {
        std::optional<std::string> deflated;
        if (deflates(payload.size()))
            deflated = deflate_->compress(payload);
        if (deflated)
            payload = *deflated;
        append_frame_head(out_, deflated ? deflated_bit | text : text, payload.size());
        out_ += payload;
    }

    /// An array of what `write` appends to a string, `size` bytes of it.
    template <class Write>
    void append_array(std::size_t size, Write write)
    {
        if (deflates(size)) {
            std::string array;
            write_array(array, write);
            append(array);
        } else {
            append_frame_head(out_, text, size + 2);
            write_array(out_, write);
        }
    }

private:
    bool deflates(std::size_t size) const
    {
        return deflate_ != nullptr && size >= min_deflated_size;
    }
    template <class Write>
    static void write_array(std::string& to, Write write)
    {
        to += '[';
        write(to);
        to += ']';
    }

    std::string& out_;
    MessageDeflate* deflate_;
};

void append_messages(
    TextFrames& frames, std::vector<FrozenMessage> const& messages, std::size_t per_frame)
{
    for (std::size_t at = 0; at < messages.size();) {
        auto const count = std::min(per_frame, messages.size() - at);
        auto size = count - 1;
        for (std::size_t i = 0; i < count; ++i)
            size += messages[at + i]->json.size();
        frames.append_array(size, [&](std::string& to) {
            for (std::size_t i = 0; i < count; ++i) {
                if (i > 0)
                    to += ',';
                to += messages[at + i]->json;
            }
        });
        at += count;
    }
}

/// Old Faye clients keep a socket alive with `[]`, others with a message of nothing.
bool is_keep_alive(std::string_view message)
{
    message = trim(message);
    if (message.starts_with('[') && message.ends_with(']') && message.size() > 1)
        message = trim(message.substr(1, message.size() - 2));
    return message.empty();
}

/// What may be said in a close frame (RFC 6455 7.4).
bool is_close_payload(std::string_view payload)
{
    if (payload.size() < 2)
        return payload.empty();
    auto const code = byte_at(payload, 0) << 8U | byte_at(payload, 1);
    bool const reserved = code == 1004 || code == 1005 || code == 1006 || code > 1014;
    return (code >= 1000 && !reserved) || (code >= 3000 && code < 5000);
}

} // namespace

std::size_t WebSocket::consume(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    std::size_t used = 0;
    while (!closing_ && !request) {
        auto const rest = bytes.substr(used);
        if (frame_) {
            if (rest.empty() && frame_->left > 0)
                break;
            used += take_payload(rest, out, request);
        } else {
            auto const head = take_head(rest, out);
            if (head == 0)
                break;
            used += head;
        }
    }
    return closing_ ? bytes.size() : used;
}

/// Returns the size of the frame's head, or 0 while it is incomplete or when it is refused.
std::size_t WebSocket::take_head(std::string_view bytes, std::string& out)
{
    if (bytes.size() < 2)
        return 0;
    constexpr std::size_t mask_size = 4;
    auto const short_size = byte_at(bytes, 1) & 0x7fU;
    std::size_t const extended = short_size < 126 ? 0 : short_size == 126 ? 2 : 8;
    auto const head = 2 + extended + mask_size;

    Frame frame;
    frame.last = (byte_at(bytes, 0) & 0x80U) != 0;
    frame.opcode = static_cast<std::uint8_t>(byte_at(bytes, 0) & 0x0fU);
    bool const masked = (byte_at(bytes, 1) & 0x80U) != 0;
    frame.deflated = (byte_at(bytes, 0) & deflated_bit) != 0;
    bool const reserved =
        (byte_at(bytes, 0) & 0x30U) != 0 || (frame.deflated && deflate_ == nullptr);
    if (!masked || reserved) {
        close(Close::protocol_error, masked ? "reserved bits" : "not masked", out);
        return 0;
    }
    if (bytes.size() < head)
        return 0;
    frame.left = extended == 0 ? short_size : 0;
    for (std::size_t at = 0; at < extended; ++at)
        frame.left = frame.left << 8U | byte_at(bytes, 2 + at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(head - mask_size), mask_size,
        frame.mask.begin());
    if (!may_begin(frame, out))
        return 0;
    frame_ = frame;
    return head;
}

bool WebSocket::may_begin(Frame const& frame, std::string& out)
{
    auto const refuse = [&](Close code, std::string_view reason) {
        close(code, reason, out);
        return false;
    };
    if (is_control(frame.opcode)) {
        if (frame.opcode > pong || !frame.last || frame.deflated ||
            frame.left > max_control_payload)
            return refuse(Close::protocol_error, "control frame");
        return true;
    }
    if (frame.opcode > binary || (frame.opcode == continuation) != (message_opcode_ != 0) ||
        (frame.opcode == continuation && frame.deflated))
        return refuse(Close::protocol_error, "order of frames");
    if (frame.left > settings_->ws_max_message_size - message_.size())
        return refuse(Close::too_big, "message too large");
    if (frame.opcode != continuation) {
        message_opcode_ = frame.opcode;
        message_deflated_ = frame.deflated;
    }
    return true;
}

std::size_t WebSocket::take_payload(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    auto& frame = *frame_;
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(frame.left, bytes.size()));
    auto& into = is_control(frame.opcode) ? control_ : message_;
    auto const before = into.size();
    into += bytes.substr(0, size);
    for (std::size_t at = 0; at < size; ++at)
        into[before + at] =
            static_cast<char>(into[before + at] ^ frame.mask[(frame.taken + at) % 4]);
    frame.taken += size;
    frame.left -= size;
    if (!is_control(frame.opcode) && !is_text_so_far())
        close(Close::bad_payload, "not UTF-8", out);
    else if (frame.left == 0)
        finish_frame(out, request);
    return size;
}

void WebSocket::finish_frame(std::string& out, std::optional<BayeuxRequest>& request)
{
    auto const frame = *frame_;
    frame_.reset();
    if (is_control(frame.opcode)) {
        auto const payload = std::exchange(control_, {});
        if (frame.opcode == ping) {
            append_frame_head(out, pong, payload.size());
            out += payload;
        } else if (frame.opcode == close_frame) { // echoed, with its code alone
            if (!is_close_payload(payload))
                return close(Close::protocol_error, "close frame", out);
            auto const code = std::string_view(payload).substr(0, 2);
            if (!is_valid_utf8(std::string_view(payload).substr(code.size())))
                return close(Close::bad_payload, "not UTF-8", out);
            append_frame_head(out, close_frame, code.size());
            out += code;
            closing_ = true;
        }
    } else if (frame.last) {
        finish_message(out, request);
    }
}

void WebSocket::finish_message(std::string& out, std::optional<BayeuxRequest>& request)
{
    message_ended_ = true;
    auto message = std::exchange(message_, {});
    auto const known_utf8 = std::exchange(known_utf8_, 0);
    if (std::exchange(message_opcode_, std::uint8_t{0}) == binary)
        return;
    if (message_deflated_ && !inflate(message, out))
        return;
    if (message_deflated_ ? !is_valid_utf8(message) : known_utf8 < message.size())
        return close(Close::bad_payload, "not UTF-8", out);
    if (is_keep_alive(message))
        return;
    auto parsed = parse_batch(std::move(message), settings_->parse_limits);
    if (auto const* const error = std::get_if<ParseError>(&parsed))
        return close(error->kind == ParseError::Kind::too_many ? Close::too_big : Close::failed,
            error->reason, out);
    request.emplace();
    request->request.transport = Transport::websocket;
    request->batch = std::get<Batch>(std::move(parsed));
}

/// Whether more bytes can make UTF-8 of the message, so that its end need not be waited for.
bool WebSocket::is_text_so_far()
{
    if (message_opcode_ != text || message_deflated_)
        return true;
    auto const whole = whole_utf8(std::string_view(message_).substr(known_utf8_));
    if (whole)
        known_utf8_ += *whole;
    return whole.has_value();
}

/// False when the socket had to be closed.
bool WebSocket::inflate(std::string& message, std::string& out)
{
    auto const before = message.size();
    auto const by_ratio = std::max(min_ratio_size, before * settings_->ws_max_compression_ratio);
    switch (deflate_->decompress(message, std::min(settings_->ws_max_message_size, by_ratio))) {
    case MessageDeflate::Result::ok:
        inflated_ += message.size() - std::min(before, message.size());
        return true;
    case MessageDeflate::Result::too_large:
        close(Close::too_big, "message too large", out);
        return false;
    case MessageDeflate::Result::malformed:
        break;
    }
    close(Close::bad_payload, "not compressed data", out);
    return false;
}

void WebSocket::answer(Reply const& reply, std::string& out)
{
    if (closing_)
        return;
    if (!reply.ok)
        return close(Close::failed, "the batch failed", out);
    TextFrames frames(out, deflate_);
    if (reply.whole) {
        std::string all;
        append_body(all, reply);
        return frames.append(all);
    }
    if (!reply.first.empty())
        frames.append_array(reply.first.size(), [&](std::string& to) { to += reply.first; });
    append_messages(frames, reply.messages, settings_->ws_messages_per_frame);
    if (!reply.replies.empty())
        frames.append_array(reply.replies.size(), [&](std::string& to) { to += reply.replies; });
}

void WebSocket::go_away(std::string& out, std::string_view reason)
{
    if (!closing_)
        close(Close::going_away, reason, out);
}

void WebSocket::time_out(std::string& out)
{
    close(Close::too_slow, "message too slow", out);
}

void WebSocket::close(Close code, std::string_view reason, std::string& out)
{
    closing_ = true;
    if (code != Close::going_away)
        refused_ = static_cast<std::uint16_t>(code);
    reason = reason.substr(0, max_close_reason);
    append_frame_head(out, close_frame, reason.size() + 2);
    auto const number = static_cast<unsigned>(code);
    out += static_cast<char>(number >> 8U);
    out += static_cast<char>(number & 0xffU);
    out += reason;
}

} // namespace bayeux::server
