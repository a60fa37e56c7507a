#pragma once

#include <string_view>

namespace bayeux::server {

/// The Content-Type for a file of that name, by its extension.
std::string_view media_type_of(std::string_view file_name);

} // namespace bayeux::server
