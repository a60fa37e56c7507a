#pragma once

#include "server/ascii.hpp"

#include <algorithm>
#include <string_view>

namespace bayeux::server {

/// Takes the first element off the value of a header that is a list: trimmed, and perhaps empty.
inline std::string_view take_element(std::string_view& list, char separator = ',')
{
    auto const element = list.substr(0, list.find(separator));
    list.remove_prefix(std::min(element.size() + 1, list.size()));
    return trim(element);
}

/// Whether `wanted` is in the list, in any case and with any parameters behind a `;`.
inline bool list_has(std::string_view list, std::string_view wanted)
{
    while (!list.empty()) {
        auto element = take_element(list);
        if (equal_ignoring_case(take_element(element, ';'), wanted))
            return true;
    }
    return false;
}

} // namespace bayeux::server
