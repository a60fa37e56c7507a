#pragma once

#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace bayeux {

/// What can be sent as a value though it is none: std::string, containers, and all types for which
/// Boost.JSON's value_from() has been told how.
template <class T>
concept MadeValue =
    !std::is_convertible_v<T const&, boost::json::value> && boost::json::has_value_from<T>::value;

/// Appends `text` (valid UTF-8) as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

/// JSON of a value that server code made. Throws std::invalid_argument for infinities and NaN,
/// which Boost.JSON 1.81 would write as something that is no JSON, and for what is nested more than
/// 1,000 deep. Texts in it that are not UTF-8 are refused by what sends it.
std::string to_json(boost::json::value const& value);

} // namespace bayeux
