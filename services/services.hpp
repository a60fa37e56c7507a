#pragma once

#include "bayeux/service_type.hpp"

#include <vector>

namespace bayeux::services {

/// The services that are compiled in.
std::vector<ServiceType> types();

} // namespace bayeux::services
