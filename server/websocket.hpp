#pragma once

#include "bayeux/outbox.hpp"
#include "server/http_connection.hpp"
#include "server/http_settings.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux::server {

/// One WebSocket (RFC 6455) behind its upgrade, without its socket: bytes in, bytes out, no clock,
/// like HttpConnection. Text messages are batches; a Reply becomes frames (wire-behaviour 12.4).
///
/// When closing(), once all of `out` is sent, shut down sending, read on for a while, close.
class WebSocket {
public:
    /// `deflate` is null unless permessage-deflate was agreed on. Both must outlive the socket.
    explicit WebSocket(HttpSettings const& settings, MessageDeflate* deflate = nullptr)
        : settings_(&settings), deflate_(deflate)
    {}

    /// Takes bytes of the other side and returns how many of them; fewer than there are, without a
    /// request, only when a frame's head is incomplete. Pongs and closes go to `out`. Stops
    /// behind the first complete batch, which it puts in `request` (empty before).
    [[nodiscard]] std::size_t consume(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);

    /// A batch that failed as a whole closes the socket (1011).
    void answer(Reply const& reply, std::string& out);

    /// Says that the server goes away (1001): it shuts down, or the socket was idle too long.
    void go_away(std::string& out, std::string_view reason);

    /// A message takes too long to come (1008).
    void time_out(std::string& out);

    bool closing() const { return closing_; }
    /// A frame, or a message in several, has begun and is not complete.
    bool in_message() const { return frame_.has_value() || message_opcode_ != 0; }
    /// Bytes it keeps of a message that is not complete.
    std::size_t kept() const { return in_message() ? message_.capacity() : 0; }
    /// Bytes by which messages have grown when they were inflated, since the last call.
    std::size_t take_inflated() { return std::exchange(inflated_, std::size_t{0}); }
    /// A message has been completed since the last call.
    bool take_message_end() { return std::exchange(message_ended_, false); }
    /// The code with which it was closed for what came, or 0; given once, for the log.
    unsigned take_refusal() { return std::exchange(refused_, std::uint16_t{0}); }

private:
    enum class Close : std::uint16_t {
        going_away = 1001,
        protocol_error = 1002,
        bad_payload = 1007,
        too_slow = 1008,
        too_big = 1009,
        failed = 1011
    };

    struct Frame {
        bool last = true;
        bool deflated = false; ///< RSV1, of a message's first frame
        std::uint8_t opcode = 0;
        std::array<char, 4> mask{};
        std::uint64_t left = 0; ///< payload bytes to come
        std::size_t taken = 0;  ///< payload bytes seen, for the mask
    };

    std::size_t take_head(std::string_view bytes, std::string& out);
    bool may_begin(Frame const& frame, std::string& out);
    std::size_t take_payload(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);
    void finish_frame(std::string& out, std::optional<BayeuxRequest>& request);
    void finish_message(std::string& out, std::optional<BayeuxRequest>& request);
    bool inflate(std::string& message, std::string& out);
    bool is_text_so_far();
    void close(Close code, std::string_view reason, std::string& out);

    HttpSettings const* settings_;
    MessageDeflate* deflate_;
    std::optional<Frame> frame_;      ///< whose payload is on its way
    std::uint8_t message_opcode_ = 0; ///< of the message in fragments; 0: none
    bool message_deflated_ = false;
    std::string message_;        ///< so far
    std::size_t known_utf8_ = 0; ///< bytes of it that need not be looked at again
    std::string control_;        ///< payload of a ping or close, so far
    std::size_t inflated_ = 0;   ///< see take_inflated()
    std::uint16_t refused_ = 0;
    bool message_ended_ = false;
    bool closing_ = false;
};

} // namespace bayeux::server
