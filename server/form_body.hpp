#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

enum class MediaType { form, other };

/// Whether a body is form data rather than JSON (wire-behaviour 1.3, other-clients rule 1):
/// dojox.cometd 1.x and Faye send `message=...`, and not always with the fitting media type.
bool is_form(std::string_view body, MediaType type);

/// The values of all fields `name` of a form (a body or the query of a URL) in their order, decoded
/// to bytes; nothing when an escape in one of them is broken.
std::optional<std::vector<std::string>> form_values(std::string_view form, std::string_view name);

} // namespace bayeux::server
