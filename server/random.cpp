#include "server/random.hpp"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace bayeux::server {

RandomSource secure_random()
{
    // Fetched in blocks: a call costs more than the numbers.
    return [block = std::array<std::uint64_t, 64>{}, used = std::size_t{64}]() mutable {
        if (used == block.size()) {
            if (RAND_bytes(reinterpret_cast<unsigned char*>(block.data()), sizeof block) != 1)
                throw std::runtime_error("no random numbers from OpenSSL");
            used = 0;
        }
        return std::exchange(block[used++], 0);
    };
}

} // namespace bayeux::server
