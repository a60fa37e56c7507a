#pragma once

#include "bayeux/options.hpp"
#include "tests/support/delivery_ledger.hpp"
#include "tests/support/plain_message.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace bayeux::testing {

/// Chance that is the same in each run and with each standard library.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t operator()() { return engine_(); }
    std::size_t below(std::size_t end) { return engine_() % end; }
    bool one_in(std::size_t n) { return below(n) == 0; }
    template <class T>
    T of(std::initializer_list<T> choices)
    {
        return choices.begin()[below(choices.size())];
    }

private:
    std::mt19937_64 engine_;
};

/// Options with values so small that every limit is met.
EngineOptions random_options(Dice& dice);

/// A message that a client may send, proper or not, with `clientId` and `stamp` where they belong.
PlainMessage random_message(Dice& dice, std::string const& client_id, Stamp stamp);
PlainMessage random_handshake(Dice& dice);
/// One time in two none.
Duration random_duration(Dice& dice, EngineOptions const& options);

} // namespace bayeux::testing
