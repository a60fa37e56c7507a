#pragma once

#include <boost/json/error.hpp>

#include <cstddef>
#include <string_view>

namespace bayeux::detail {

enum class TrailingCommas { refuse, allow };

/// What is wrong with `text`, if it is not one JSON value in UTF-8 with arrays and objects at most
/// `max_depth` deep in each other. Needs no stack for what is nested.
boost::json::error_code check_syntax(
    std::string_view text, std::size_t max_depth, TrailingCommas commas);

// For what services send. Whoever gets something else ends its connection, as browsers do.

/// How deep arrays and objects may be nested in it.
constexpr std::size_t max_depth_sent = 1'000;
/// Throws std::invalid_argument for what is not one JSON value in UTF-8, or nested deeper.
void require_json(std::string_view text);
/// Throws std::invalid_argument for what is not UTF-8.
void require_utf8(std::string_view text);
/// Both, for the name and the value of a member.
void require_member(std::string_view name, std::string_view json);

} // namespace bayeux::detail
