#pragma once

#include "bayeux/engine.hpp"

namespace bayeux::server {

/// Unpredictable numbers from OpenSSL. Throws std::runtime_error when the system has none to give.
RandomSource secure_random();

} // namespace bayeux::server
