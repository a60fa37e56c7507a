#pragma once

#include <string>
#include <string_view>

namespace bayeux::server {

/// `text` on one line, fit for a terminal: control characters and bytes that are not UTF-8 become
/// escapes such as `\n` or `\x1b`, everything else stays. What clients send ends up in logs and
/// must not forge lines or drive a terminal.
std::string printable(std::string_view text);

} // namespace bayeux::server
