#pragma once

#include <string_view>

namespace bayeux::detail {

/// The value of the first cookie `name` in the value of a Cookie header, without quotes.
std::string_view find_cookie(std::string_view header, std::string_view name);

} // namespace bayeux::detail
