#pragma once

#include "bayeux/detail/ascii.hpp"

namespace bayeux::server {

using detail::equal_ignoring_case;
using detail::hex_value;
using detail::is_digit;
using detail::is_letter;
using detail::is_token;
using detail::to_lower;
using detail::trim;

} // namespace bayeux::server
