#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bayeux::services {

/// RFC 4648 4, as a page's btoa() and atob() have it.
std::string base64_encode(std::string_view bytes);
/// Nothing when `text` is none that base64_encode() could have made.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace bayeux::services
