#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace bayeux {

/// Appends `text` (valid UTF-8) as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

/// JSON of a value that server code made. Throws std::invalid_argument for infinities and NaN,
/// which Boost.JSON 1.81 would write as something that is no JSON.
std::string to_json(boost::json::value const& value);

} // namespace bayeux
