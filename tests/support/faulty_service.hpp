#pragma once

#include "bayeux/security_policy.hpp"
#include "bayeux/service.hpp"

#include <memory>

namespace bayeux::testing {

class FaultWorld;

/// Decides about what is below /slow when the world says so.
std::unique_ptr<SecurityPolicy> make_slow_policy(FaultWorld& world);

/// Answers calls and requests at once, later or never, and fails when the world says so.
std::unique_ptr<BayeuxService> make_faulty_service(ServiceContext& context, FaultWorld& world);

} // namespace bayeux::testing
