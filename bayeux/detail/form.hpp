#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::detail {

enum class Plus { itself, space };

/// `text` with its `%XX` replaced; nothing when a `%` stands without two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, Plus plus);

/// The values of all fields `name` of a form (a body or the query of a URL) in their order, decoded
/// to bytes; nothing when an escape in one of them is broken.
std::optional<std::vector<std::string>> form_values(std::string_view form, std::string_view name);

/// The first of them, whatever the others are; nothing without one, or when an escape in it is
/// broken.
std::optional<std::string> first_form_value(std::string_view form, std::string_view name);

} // namespace bayeux::detail
