#pragma once

#include "bayeux/detail/channel_index.hpp"
#include "bayeux/time.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bayeux::detail {

/// Slows down whoever begins sessions again and again without making use of them: a page that lost
/// its cookies, or that reconnects at once (other-clients rule 11). Each such try is a strike;
/// strikes are forgotten one by one with time.
class HandshakeDamper {
public:
    /// Notes that `who` begins the session `session_id`, and returns the one it began before; empty
    /// when there is none.
    std::string previous(std::string_view who, std::string_view session_id, Instant now);

    struct Verdict {
        Duration wait{0};   ///< before it shall try again
        bool first = false; ///< it had not been told to wait before
    };
    Verdict strike(std::string_view who, Instant now);

private:
    struct Entry {
        std::size_t strikes = 0;
        Instant counted{}; ///< when strikes were last forgotten or added
        bool told = false;
        std::string session_id;
    };
    Entry& entry(std::string_view who, Instant now);

    std::unordered_map<std::string, Entry, StringHash, std::equal_to<>> entries_;
};

} // namespace bayeux::detail
