#include "bayeux/binary.hpp"

#include "bayeux/json_text.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace bayeux {
namespace {

namespace json = boost::json;

constexpr std::string_view digits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
constexpr unsigned base = 85;
constexpr std::uint8_t no_digit = 0xff;

constexpr auto values = [] {
    std::array<std::uint8_t, 256> by_character{};
    by_character.fill(no_digit);
    for (std::size_t value = 0; value < digits.size(); ++value)
        by_character[static_cast<unsigned char>(digits[value])] = static_cast<std::uint8_t>(value);
    return by_character;
}();

/// 1 to 4 bytes, as one character more.
void append_group(std::string& text, std::string_view bytes)
{
    std::uint32_t value = 0;
    for (std::size_t at = 0; at < 4; ++at)
        value = value << 8U | (at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U);
    std::array<char, 5> group{};
    for (auto digit = group.rbegin(); digit != group.rend(); ++digit, value /= base)
        *digit = digits[value % base];
    text.append(group.data(), bytes.size() + 1);
}

/// The other way round. What is missing counts as the largest digit, for encoding has cut off.
bool append_bytes(std::string& bytes, std::string_view group)
{
    std::uint64_t value = 0;
    for (std::size_t at = 0; at < 5; ++at) {
        auto const digit =
            at < group.size() ? values[static_cast<unsigned char>(group[at])] : base - 1;
        if (digit == no_digit)
            return false;
        value = value * base + digit;
    }
    if (value > 0xffff'ffffU)
        return false;
    for (std::size_t at = 0; at + 1 < group.size(); ++at)
        bytes += static_cast<char>(value >> (24 - 8 * at) & 0xffU);
    return true;
}

} // namespace

std::string z85_encode(std::string_view bytes)
{
    std::string text;
    text.reserve((bytes.size() + 3) / 4 * 5);
    for (std::size_t at = 0; at < bytes.size(); at += 4)
        append_group(text, bytes.substr(at, 4));
    return text;
}

std::optional<std::string> z85_decode(std::string_view text)
{
    if (text.size() % 5 == 1)
        return std::nullopt;
    std::string bytes;
    bytes.reserve((text.size() + 4) / 5 * 4);
    for (std::size_t at = 0; at < text.size(); at += 5)
        if (!append_bytes(bytes, text.substr(at, 5)))
            return std::nullopt;
    return bytes;
}

std::optional<BinaryData> binary_data(Message const& message)
{
    if (message.ext("binary").is_null())
        return std::nullopt;
    auto data = message.data();
    auto* const object = data.if_object();
    auto const* const text = object != nullptr ? object->if_contains("data") : nullptr;
    if (text == nullptr || !text->is_string())
        return std::nullopt;
    auto bytes = z85_decode(text->get_string());
    if (!bytes)
        return std::nullopt;
    BinaryData binary{std::move(*bytes), true, nullptr};
    if (auto const* const last = object->if_contains("last"); last != nullptr && last->is_bool())
        binary.last = last->get_bool();
    if (auto* const meta = object->if_contains("meta"))
        binary.meta = std::move(*meta);
    return binary;
}

Message binary_message(std::string_view channel, BinaryData const& binary)
{
    json::object data{{"data", z85_encode(binary.bytes)}, {"last", binary.last}};
    if (!binary.meta.is_null())
        data["meta"] = binary.meta;
    auto message = Message::make(channel, to_json(data));
    message.set_member("ext", R"({"binary":{}})");
    return message;
}

} // namespace bayeux
