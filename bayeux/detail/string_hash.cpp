#include "bayeux/detail/string_hash.hpp"

#include <bit>
#include <cstring>

namespace bayeux::detail {
namespace {

constexpr std::size_t word_size = 8;

std::uint64_t byte_at(std::string_view text, std::size_t at)
{
    return static_cast<unsigned char>(text[at]);
}

/// On a machine with the other order of bytes the hash is another one, and as good.
std::uint64_t word_at(std::string_view text, std::size_t at)
{
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, word_size);
    return word;
}

/// The bytes behind the last whole word, as the low ones of a word.
std::uint64_t rest_of(std::string_view text)
{
    auto const size = text.size() % word_size;
    if (size == 0)
        return 0;
    if (text.size() > word_size) // without a loop: with what is before them
        return word_at(text, text.size() - word_size) >> (8 * (word_size - size));
    std::uint64_t rest = 0;
    for (std::size_t at = 0; at < size; ++at)
        rest |= byte_at(text, at) << (8 * at);
    return rest;
}

/// Names and numbers as in "SipHash: a fast short-input PRF" (Aumasson, Bernstein, 2012).
struct State {
    explicit State(HashKey const& key)
        : v0(key.first ^ 0x736f6d6570736575U),
          v1(key.second ^ 0x646f72616e646f6dU),
          v2(key.first ^ 0x6c7967656e657261U),
          v3(key.second ^ 0x7465646279746573U)
    {}

    void round()
    {
        v0 += v1;
        v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = std::rotl(v1, 17) ^ v2;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    }

    void take(std::uint64_t word)
    {
        v3 ^= word;
        round();
        v0 ^= word;
    }

    std::uint64_t finish()
    {
        v2 ^= 0xffU;
        for (int n = 0; n < 3; ++n)
            round();
        return v0 ^ v1 ^ v2 ^ v3;
    }

    std::uint64_t v0, v1, v2, v3;
};

} // namespace

std::uint64_t keyed_hash(HashKey const& key, std::string_view text)
{
    State state(key);
    for (std::size_t at = 0; at + word_size <= text.size(); at += word_size)
        state.take(word_at(text, at));
    state.take(std::uint64_t{text.size()} << 56U | rest_of(text));
    return state.finish();
}

std::size_t NumberHash::operator()(std::uint64_t number) const
{
    State state(key);
    state.take(number);
    return state.finish();
}

bool same_secret(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false; // how long they are is no secret
    auto difference = rest_of(a) ^ rest_of(b);
    for (std::size_t at = 0; at + word_size <= a.size(); at += word_size)
        difference |= word_at(a, at) ^ word_at(b, at);
    return difference == 0;
}

} // namespace bayeux::detail
