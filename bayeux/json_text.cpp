#include "bayeux/json_text.hpp"

#include "bayeux/detail/json_syntax.hpp"

#include <boost/json/serialize.hpp>

#include <cmath>
#include <stdexcept>

namespace bayeux {
namespace {

namespace json = boost::json;

/// `depth`: how many arrays and objects may still be in each other.
void require_writable(json::value const& value, std::size_t depth)
{
    if (value.is_structured() && depth == 0)
        throw std::invalid_argument("JSON that is nested too deep");
    if (auto const* number = value.if_double(); number != nullptr && !std::isfinite(*number))
        throw std::invalid_argument("a number that JSON cannot hold");
    if (auto const* array = value.if_array())
        for (auto const& element : *array)
            require_writable(element, depth - 1);
    else if (auto const* object = value.if_object())
        for (auto const& member : *object)
            require_writable(member.value(), depth - 1);
}

} // namespace

void append_json_string(std::string& out, std::string_view text)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20) {
            out.append("\\u00").append(1, hex[byte >> 4U]).append(1, hex[byte & 15U]);
        } else {
            out += c;
        }
    }
    out += '"';
}

std::string to_json(json::value const& value)
{
    require_writable(value, detail::max_depth_sent);
    return json::serialize(value);
}

} // namespace bayeux
