#include "bayeux/json_text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace bayeux {
namespace {

namespace json = boost::json;

bool all_finite(json::value const& value)
{
    if (auto const* number = value.if_double())
        return std::isfinite(*number);
    if (auto const* array = value.if_array())
        return std::all_of(array->begin(), array->end(), all_finite);
    if (auto const* object = value.if_object())
        return std::all_of(object->begin(), object->end(),
            [](json::key_value_pair const& member) { return all_finite(member.value()); });
    return true;
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
    if (!all_finite(value))
        throw std::invalid_argument("a number that JSON cannot hold");
    return json::serialize(value);
}

} // namespace bayeux
