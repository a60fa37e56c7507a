#pragma once

#include "bayeux/service_type.hpp"

#include <string>
#include <vector>

namespace bayeux::server {

/// A program that is made of the server and services, as its options, help and messages need it.
struct ProgramInfo {
    std::string name;                  ///< for messages and help: "bayeuxd"
    std::string version;               ///< the answer to --version: "bayeuxd 0.1.0"
    std::vector<ServiceType> services; ///< all that --services may name
    std::vector<std::string> enabled;  ///< those of them that run by default, in order
};

} // namespace bayeux::server
