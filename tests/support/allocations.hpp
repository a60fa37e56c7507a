#pragma once

#include <cstddef>

// The operator new of a program that links allocations.cpp. One thread.
namespace bayeux::testing {

/// How often it has been called.
std::size_t allocations();

/// How many more calls succeed before one throws std::bad_alloc; negative: all do.
extern long allocations_left;

} // namespace bayeux::testing
