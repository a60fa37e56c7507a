#pragma once

#include "bayeux/utf8.hpp"
#include "server/deflate.hpp"
#include "tests/fuzz/bytes.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Readers of what a server sends, strict where clients are. They abort on what is not well-formed.
namespace bayeux::fuzz {

inline void require_json_array(std::string_view text)
{
    boost::json::error_code failed;
    auto const value = boost::json::parse(text, failed);
    require(!failed && value.is_array(), "no JSON array");
}

/// The responses of HTTP/1.1 that `bytes` consist of.
class Responses {
public:
    explicit Responses(std::string_view bytes) : rest_(bytes)
    {
        while (!rest_.empty() && !becomes_stream && !upgrades)
            read();
    }

    std::size_t final_ones = 0;
    std::size_t interim = 0;
    bool becomes_stream = false; ///< the last has no end
    bool upgrades = false;
    std::string_view rest() const { return rest_; } ///< behind those

private:
    void read()
    {
        auto const end = rest_.find("\r\n\r\n");
        require(end != std::string_view::npos, "a response without end of its head");
        auto head = rest_.substr(0, end + 2);
        rest_.remove_prefix(end + 4);
        auto const status = status_of(take_line(head));
        std::size_t length = 0;
        bool has_length = false;
        bool is_stream = false;
        while (!head.empty()) {
            auto const line = take_line(head);
            auto const colon = line.find(": ");
            require(colon != 0 && colon != std::string_view::npos, "no header line");
            for (auto const c : line)
                require(static_cast<unsigned char>(c) >= ' ' || c == '\t', "a control character");
            auto const value = line.substr(colon + 2);
            if (line.substr(0, colon) == "Content-Length") {
                require(!has_length, "two lengths");
                has_length = true;
                auto const read =
                    std::from_chars(value.data(), value.data() + value.size(), length);
                require(
                    read.ec == std::errc() && read.ptr == value.data() + value.size(), "no length");
            }
            is_stream = is_stream || value.starts_with("text/event-stream");
        }
        if (status == 101) {
            upgrades = true;
        } else if (status < 200) {
            ++interim;
            require(!has_length, "an interim response with a body");
        } else {
            ++final_ones;
            becomes_stream = is_stream;
            require(is_stream || has_length || status == 204 || status == 304, "no end of a body");
            bool const is_to_head = rest_.size() < length || rest_.starts_with("HTTP/1.");
            rest_.remove_prefix(is_to_head ? 0 : length);
        }
    }
    static std::string_view take_line(std::string_view& head)
    {
        auto const end = head.find("\r\n");
        auto const line = head.substr(0, end);
        head.remove_prefix(end + 2);
        return line;
    }
    static unsigned status_of(std::string_view line)
    {
        require(line.starts_with("HTTP/1.1 ") && line.size() >= 13, "no status line");
        unsigned status = 0;
        std::from_chars(line.data() + 9, line.data() + 12, status);
        require(status >= 100 && status < 600, "no status");
        return status;
    }

    std::string_view rest_;
};

/// What a stream of events has brought.
inline void check_events(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const end = bytes.find("\n\n");
        require(end != std::string_view::npos, "an event without end");
        auto const event = bytes.substr(0, end);
        bytes.remove_prefix(end + 2);
        require(event.find('\n') == std::string_view::npos, "an event of several lines");
        if (event.starts_with("data: "))
            require_json_array(event.substr(6));
        else
            require(event == ":" || event.starts_with("retry: "), "no event");
    }
}

/// The frames of a WebSocket server.
class Frames {
public:
    explicit Frames(server::MessageDeflate* deflate) : deflate_(deflate) {}

    void read(std::string_view bytes)
    {
        while (!bytes.empty()) {
            require(!closed_, "something behind a close");
            require(bytes.size() >= 2, "half a head");
            auto const first = static_cast<unsigned char>(bytes[0]);
            std::uint64_t size = static_cast<unsigned char>(bytes[1]);
            require(size < 128, "a server masks");
            std::size_t const extended = size < 126 ? 0 : size == 126 ? 2 : 8;
            require(bytes.size() >= 2 + extended, "half a head");
            if (extended > 0)
                size = 0;
            for (std::size_t at = 0; at < extended; ++at)
                size = size << 8U | static_cast<unsigned char>(bytes[2 + at]);
            require(extended == 0 || size > (extended == 2 ? 125U : 0xffffU), "a wasteful length");
            bytes.remove_prefix(2 + extended);
            require(bytes.size() >= size, "half a frame");
            check(first, bytes.substr(0, size));
            bytes.remove_prefix(size);
        }
    }

private:
    void check(unsigned first, std::string_view payload)
    {
        require((first & 0x80U) != 0, "a message in several frames");
        auto const opcode = first & 0x0fU;
        if (opcode == 1) {
            std::string text(payload);
            if ((first & 0x40U) != 0)
                require(deflate_ != nullptr && deflate_->decompress(text, 10'000'000) ==
                                                   server::MessageDeflate::Result::ok,
                    "what nobody can decompress");
            return require_json_array(text);
        }
        require((first & 0x70U) == 0, "reserved bits");
        require(opcode == 8 || opcode == 10, "no opcode of ours");
        require(payload.size() < 126, "a long control frame");
        closed_ = opcode == 8;
        if (closed_ && payload.size() > 2)
            require(is_valid_utf8(payload.substr(2)), "a reason that is no UTF-8");
    }

    server::MessageDeflate* deflate_;
    bool closed_ = false;
};

} // namespace bayeux::fuzz
