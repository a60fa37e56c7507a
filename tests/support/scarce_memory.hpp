#pragma once

namespace bayeux::testing {

/// How many allocations of the whole program succeed before one throws std::bad_alloc; negative:
/// all do.
extern long allocations_left;

} // namespace bayeux::testing
