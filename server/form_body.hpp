#pragma once

#include "bayeux/detail/form.hpp"

#include <string_view>

namespace bayeux::server {

enum class MediaType { form, other };

/// Whether a body is form data rather than JSON (wire-behaviour 1.3, other-clients rule 1):
/// dojox.cometd 1.x and Faye send `message=...`, and not always with the fitting media type.
bool is_form(std::string_view body, MediaType type);

using detail::form_values;

} // namespace bayeux::server
