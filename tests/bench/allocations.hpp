#pragma once

#include <cstddef>

/// How often operator new has been called in this program, which links allocations.cpp.
std::size_t allocations();
