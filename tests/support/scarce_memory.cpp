#include "tests/support/scarce_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace bayeux::testing {

long allocations_left = -1;

} // namespace bayeux::testing

void* operator new(std::size_t size)
{
    auto& left = bayeux::testing::allocations_left;
    if (left >= 0 && left-- == 0)
        throw std::bad_alloc();
    if (auto* const memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}
