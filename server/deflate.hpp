#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::server {

/// The compression of WebSocket messages (permessage-deflate, RFC 7692), without memory of the
/// messages before: so one of these serves all sockets of a loop, and an idle socket needs nothing.
/// It keeps about 400 KB. One thread at a time.
class MessageDeflate {
public:
    /// Throws std::bad_alloc.
    MessageDeflate();
    ~MessageDeflate();
    MessageDeflate(MessageDeflate const&) = delete;
    MessageDeflate& operator=(MessageDeflate const&) = delete;

    /// The payload for `text`; nothing when it would not be shorter.
    std::optional<std::string> compress(std::string_view text);

    enum class Result : unsigned char { ok, too_large, malformed };
    /// Turns a payload into its text, of `max_size` bytes at most.
    Result decompress(std::string& message, std::size_t max_size);

private:
    struct Streams;
    std::unique_ptr<Streams> streams_;
    /// A broadcast is compressed once, not for each of those who get it one after the other.
    std::string last_text_;
    std::string last_payload_;
};

/// What to answer to the value of Sec-WebSocket-Extensions; nothing when permessage-deflate is not
/// in it, or only in forms that we do not have.
std::optional<std::string_view> agree_on_deflate(std::string_view offers);

} // namespace bayeux::server
