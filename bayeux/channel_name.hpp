#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The grammar of channel names (wire-behaviour 6.1). Pure functions.
namespace bayeux {

/// True for a name that a channel, or a subscription, can have: allowed characters, no empty
/// segment, `*` and `**` only as the whole last segment. At most `max_length` bytes.
bool is_channel_name(std::string_view name, std::size_t max_length,
    std::size_t max_segments = static_cast<std::size_t>(-1));

/// The identity of a valid name: without blanks behind it and without one trailing slash.
std::string_view channel_identity(std::string_view name);

inline bool is_meta(std::string_view channel)
{
    return channel.starts_with("/meta/");
}
inline bool is_service(std::string_view channel)
{
    return channel.starts_with("/service/");
}
inline bool is_broadcast(std::string_view channel)
{
    return !is_meta(channel) && !is_service(channel);
}
inline bool is_wild(std::string_view channel)
{
    return channel.ends_with("/*") || channel.ends_with("/**");
}

/// Calls `visit(std::string_view)` with the name of each wild channel that matches `channel`, in
/// the order of delivery: for `/a/b/c` these are `/**`, `/a/**`, `/a/b/**`, `/a/b/*`.
template <class Visit>
void for_each_wild_name(std::string_view channel, Visit visit)
{
    std::string name;
    std::size_t last = 0;
    for (std::size_t slash = 0; slash != std::string_view::npos;
         slash = channel.find('/', slash + 1)) {
        last = slash;
        name.assign(channel.substr(0, slash + 1)).append("**");
        visit(std::string_view(name));
    }
    name.assign(channel.substr(0, last + 1)).append("*");
    visit(std::string_view(name));
}

} // namespace bayeux
