#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bayeux::server {

/// Whether the header value `content_type` names the media type `type`, its parameters aside.
bool has_media_type(std::string_view content_type, std::string_view type);

/// The `charset` parameter of a Content-Type without its quotes; empty when there is none.
std::string_view charset_of(std::string_view content_type);

/// Text in UTF-8 and its subset needs no conversion.
bool is_utf8(std::string_view charset);

/// `text` in UTF-8; nothing when `charset` is unknown, or `text` is not in it. Any thread.
std::optional<std::string> to_utf8(std::string_view text, std::string const& charset);

} // namespace bayeux::server
