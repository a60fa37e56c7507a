#include "tests/support/allocations.hpp"

#include <cstdlib>
#include <new>

namespace bayeux::testing {

static std::size_t count = 0;
long allocations_left = -1;

std::size_t allocations()
{
    return count;
}

} // namespace bayeux::testing

void* operator new(std::size_t size)
{
    using namespace bayeux::testing;
    ++count;
    if (allocations_left >= 0 && allocations_left-- == 0)
        throw std::bad_alloc();
    if (void* const memory = std::malloc(size))
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
