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

/// The values of all `message` fields in their order, decoded to bytes; nothing when there is
/// none, or an escape is broken.
std::optional<std::vector<std::string>> form_messages(std::string_view body);

} // namespace bayeux::server
