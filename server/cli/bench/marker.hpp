#pragma once

#include "server/cli/bench/clock.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::cli {

/// What tells a message of ours: in its data stands `"!room!publisher!number!due!wait!"`, digits
/// between marks that nothing else in a message has. It is found without parsing JSON, and servers
/// that write JSON anew leave a text as it is, whatever they do to numbers and blanks.
struct Marker {
    std::uint32_t room = 0;
    std::uint32_t publisher = 0;
    std::uint64_t number = 0; ///< of the room's messages, from 0 on
    Time due = 0;             ///< when it was to be sent
    Time wait = 0;            ///< how much later it was sent
};

constexpr char mark = '!';

/// Adds `{"m":marker,"x":padding}`.
void append_data(std::string& out, Marker const& marker, std::string_view padding);

/// The marker that begins at `position`, which moves behind it; or behind one byte if there is
/// none.
std::optional<Marker> read_marker(char const*& position, char const* end);

/// Calls f(Marker const&) for each in `text`.
template <class F>
void for_each_marker(std::string_view text, F const& f)
{
    char const* const end = text.data() + text.size();
    char const* position = text.data();
    while (position != end) {
        auto const left = static_cast<std::size_t>(end - position);
        position = static_cast<char const*>(std::memchr(position, mark, left));
        if (position == nullptr) {
            return;
        }
        if (auto const marker = read_marker(position, end)) {
            f(*marker);
        }
    }
}

} // namespace bayeux::cli
