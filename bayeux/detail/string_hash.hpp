#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace bayeux::detail {

/// Lets a table of strings be searched by a string_view.
struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};

} // namespace bayeux::detail
