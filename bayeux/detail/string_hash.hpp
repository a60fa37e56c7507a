#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bayeux::detail {

/// Random numbers that make the hashes of one engine its own.
struct HashKey {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
};

/// SipHash-1-3. Who does not know the key cannot choose texts of one hash, which would make a table
/// slow, nor learn from times what stands near something else in it.
std::uint64_t keyed_hash(HashKey const& key, std::string_view text);

/// Lets a table of strings be searched by a string_view.
struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return keyed_hash(key, text); }

    HashKey key;
};

/// For numbers that clients have a say in.
struct NumberHash {
    std::size_t operator()(std::uint64_t number) const;

    HashKey key;
};

/// Takes the same time wherever the first difference is, for what is to be kept secret.
bool same_secret(std::string_view a, std::string_view b);

struct SameSecret {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return same_secret(a, b); }
};

} // namespace bayeux::detail
