#include "server/deflate.hpp"

#include "server/header_list.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>
#include <vector>
#include <zlib.h>

namespace bayeux::server {
namespace {

/// No header and no checksum around the data: the negative number says so.
constexpr int raw_window = -15;
constexpr int memory_level = 8; // zlib's default
/// A longer text is not kept for the next who gets it.
constexpr std::size_t max_kept = 65'536;
/// Ends each message's data, and is not sent (RFC 7692 7.2.1).
constexpr std::string_view tail("\0\0\xff\xff", 4);

Bytef* bytes_of(std::string& text, std::size_t from)
{
    return reinterpret_cast<Bytef*>(text.data() + from);
}

struct Parameter {
    std::string_view name;
    std::optional<std::string_view> value;
};

Parameter parse_parameter(std::string_view text)
{
    bool const has_value = text.find('=') != std::string_view::npos;
    auto const name = take_element(text, '=');
    auto value = trim(text);
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"'))
        value = value.substr(1, value.size() - 2);
    return {name, has_value ? std::optional(value) : std::nullopt};
}

/// Whether we can do what is asked for. Of windows we have the largest alone.
bool is_acceptable(Parameter const& parameter)
{
    auto const& [name, value] = parameter;
    if (name == "server_no_context_takeover" || name == "client_no_context_takeover")
        return !value;
    if (name == "server_max_window_bits")
        return value == "15";
    constexpr std::array<std::string_view, 8> sizes{"8", "9", "10", "11", "12", "13", "14", "15"};
    return name == "client_max_window_bits" &&
           (!value || std::ranges::find(sizes, *value) != sizes.end());
}

} // namespace

struct MessageDeflate::Streams {
    Streams()
    {
        if (deflateInit2(&out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, memory_level,
                Z_DEFAULT_STRATEGY) != Z_OK ||
            inflateInit2(&in, raw_window) != Z_OK) {
            end();
            throw std::bad_alloc();
        }
    }
    ~Streams() { end(); }
    Streams(Streams const&) = delete;
    Streams& operator=(Streams const&) = delete;

    void end()
    {
        deflateEnd(&out);
        inflateEnd(&in);
    }

    z_stream out{};
    z_stream in{};
};

MessageDeflate::MessageDeflate() : streams_(std::make_unique<Streams>()) {}
MessageDeflate::~MessageDeflate() = default;

std::optional<std::string> MessageDeflate::compress(std::string_view text)
{
    // What does not fit in here is not shorter. It fits in zlib's numbers too.
    if (text.size() > std::numeric_limits<int>::max() || text.size() <= tail.size())
        return std::nullopt;
    if (text == last_text_)
        return last_payload_;
    std::string payload(text.size() + tail.size(), '\0');
    auto& stream = streams_->out;
    deflateReset(&stream);
    stream.next_in = reinterpret_cast<Bytef const*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = bytes_of(payload, 0);
    stream.avail_out = static_cast<uInt>(payload.size());
    if (deflate(&stream, Z_SYNC_FLUSH) != Z_OK || stream.avail_out == 0)
        return std::nullopt;
    payload.resize(payload.size() - stream.avail_out - tail.size());
    if (text.size() <= max_kept) {
        last_text_ = text;
        last_payload_ = payload;
    }
    return payload;
}

MessageDeflate::Result MessageDeflate::decompress(std::string& message, std::size_t max_size)
{
    constexpr std::size_t first_step = 4'096;
    constexpr int at_end_of_block = 128;
    message += tail;
    std::string text;
    auto& stream = streams_->in;
    inflateReset(&stream);
    stream.next_in = bytes_of(message, 0);
    stream.avail_in = static_cast<uInt>(message.size());
    for (;;) {
        auto const before = text.size();
        // One byte more than allowed, to see whether there is more.
        auto const step = std::min(std::max(before, first_step), max_size + 1 - before);
        text.resize(before + step);
        stream.next_out = bytes_of(text, before);
        stream.avail_out = static_cast<uInt>(step);
        auto const result = inflate(&stream, Z_SYNC_FLUSH);
        text.resize(text.size() - stream.avail_out);
        if (text.size() > max_size)
            return Result::too_large;
        if (result == Z_STREAM_END) { // a last block, behind which may come more of them
            if (stream.avail_in <= tail.size() + 1)
                break;
            inflateReset(&stream);
        } else if (result != Z_OK) {
            return Result::malformed; // not the format, or something is missing
        } else if (stream.avail_in == 0 && (stream.data_type & at_end_of_block) != 0) {
            break;
        }
    }
    message = std::move(text);
    return Result::ok;
}

std::optional<std::string_view> agree_on_deflate(std::string_view offers)
{
    while (!offers.empty()) {
        auto offer = take_element(offers);
        if (take_element(offer, ';') != "permessage-deflate")
            continue;
        std::vector<std::string_view> names;
        bool acceptable = true;
        while (!offer.empty()) {
            auto const parameter = parse_parameter(take_element(offer, ';'));
            acceptable = acceptable && is_acceptable(parameter) &&
                         std::ranges::find(names, parameter.name) == names.end();
            names.push_back(parameter.name);
        }
        if (!acceptable)
            continue;
        // Who asks for a window has to be told that it is granted.
        return std::ranges::find(names, "server_max_window_bits") == names.end()
                   ? "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
                   : "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                     "server_max_window_bits=15";
    }
    return std::nullopt;
}

} // namespace bayeux::server
