#include "bayeux/channel_name.hpp"

#include <array>

namespace bayeux {
namespace {

constexpr auto allowed_characters = [] {
    std::array<bool, 256> table{};
    for (char const c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789 !#$()*+-./@_{~}"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

} // namespace

std::string_view channel_identity(std::string_view name)
{
    while (name.ends_with(' '))
        name.remove_suffix(1);
    if (name.ends_with('/'))
        name.remove_suffix(1);
    return name;
}

bool is_channel_name(std::string_view name, std::size_t max_length, std::size_t max_segments)
{
    if (name.size() < 2 || name.size() > max_length || name.front() != '/')
        return false;
    for (char const c : name)
        if (!allowed_characters[static_cast<unsigned char>(c)])
            return false;

    auto rest = channel_identity(name);
    for (; !rest.empty(); --max_segments) {
        if (max_segments == 0)
            return false;
        rest.remove_prefix(1); // the slash
        auto const segment = rest.substr(0, rest.find('/'));
        bool const last = segment.size() == rest.size();
        if (segment.empty() || (!last && (segment == "*" || segment == "**")))
            return false;
        rest.remove_prefix(segment.size());
    }
    return channel_identity(name).size() >= 2;
}

} // namespace bayeux
