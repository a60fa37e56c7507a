#pragma once

#include "bayeux/engine.hpp"

#include <span>
#include <string_view>

namespace bayeux::services {

/// The services that are compiled in, by name.
std::span<std::string_view const> known();

/// Makes the service of that name and installs it. The name must be known.
void install(std::string_view name, Engine& engine);

} // namespace bayeux::services
