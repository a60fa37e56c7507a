#include "bayeux/detail/cookie.hpp"

#include "bayeux/detail/ascii.hpp"

#include <algorithm>

namespace bayeux::detail {

std::string_view find_cookie(std::string_view header, std::string_view name)
{
    while (!header.empty()) {
        auto const pair = header.substr(0, header.find(';'));
        header.remove_prefix(std::min(pair.size() + 1, header.size()));
        auto const cookie = trim(pair);
        if (!cookie.starts_with(name) || cookie.substr(name.size(), 1) != "=")
            continue;
        auto value = cookie.substr(name.size() + 1);
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

} // namespace bayeux::detail
