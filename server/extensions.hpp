#pragma once

#include "bayeux/engine.hpp"
#include "server/options.hpp"

namespace bayeux::server {

/// Gives the engine the extensions that Options::extensions names, but for `ack`, which is a part
/// of the engine itself.
void install_extensions(Options const& options, Engine& engine);

} // namespace bayeux::server
