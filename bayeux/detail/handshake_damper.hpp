#pragma once

#include "bayeux/detail/string_hash.hpp"
#include "bayeux/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bayeux::detail {

/// Slows down whoever begins sessions again and again without making use of them: a page that lost
/// its cookies, or that reconnects at once (other-clients rule 11). Each such try is a strike;
/// strikes are forgotten one by one with time.
class HandshakeDamper {
public:
    explicit HandshakeDamper(HashKey const& key) : entries_(0, StringHash{key}) {}

    struct Verdict {
        Duration wait{0};   ///< before it shall try again
        bool first = false; ///< it had not been told to wait before
    };
    /// `who` begins a session: a strike when nothing has become of the one it began before.
    Verdict begins(std::string_view who, Instant now);
    /// It makes use of a session. Who has no strikes is not remembered.
    void uses(std::string_view who);
    /// It has left a session.
    void leaves(std::string_view who, Instant now);
    Verdict strike(std::string_view who, Instant now);

private:
    struct Entry {
        Instant counted{}; ///< when strikes were last forgotten or added
        std::uint32_t strikes = 0;
        bool told = false;
        bool unused = false; ///< nothing has become of the last session, or nothing remains of it
    };
    Entry& entry(std::string_view who, Instant now);

    std::unordered_map<std::string, Entry, StringHash, SameSecret> entries_;
};

} // namespace bayeux::detail
