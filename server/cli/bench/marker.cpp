#include "server/cli/bench/marker.hpp"

#include <charconv>

namespace bayeux::cli {
namespace {

void append_number(std::string& out, std::uint64_t number)
{
    char digits[20];
    auto const [end, error] = std::to_chars(digits, digits + sizeof digits, number);
    out.append(digits, end);
    out += mark;
}

/// Digits up to the next mark.
bool read_number(char const*& position, char const* end, std::uint64_t& number)
{
    std::uint64_t value = 0;
    auto const* const begin = position;
    for (; position != end && *position >= '0' && *position <= '9'; ++position) {
        value = value * 10 + static_cast<std::uint64_t>(*position - '0');
    }
    if (position == begin || position == end || *position != mark) {
        return false;
    }
    ++position;
    number = value;
    return true;
}

} // namespace

void append_data(std::string& out, Marker const& marker, std::string_view padding)
{
    out += "{\"m\":\"";
    out += mark;
    append_number(out, marker.room);
    append_number(out, marker.publisher);
    append_number(out, marker.number);
    append_number(out, static_cast<std::uint64_t>(marker.due));
    append_number(out, static_cast<std::uint64_t>(marker.wait));
    out += "\",\"x\":\"";
    out += padding;
    out += "\"}";
}

std::optional<Marker> read_marker(char const*& position, char const* end)
{
    auto next = position + 1;
    std::uint64_t numbers[5];
    for (auto& number : numbers) {
        if (!read_number(next, end, number)) {
            ++position;
            return std::nullopt;
        }
    }
    position = next;
    return Marker{static_cast<std::uint32_t>(numbers[0]), static_cast<std::uint32_t>(numbers[1]),
        numbers[2], static_cast<Time>(numbers[3]), static_cast<Time>(numbers[4])};
}

} // namespace bayeux::cli
