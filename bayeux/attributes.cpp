#include "bayeux/attributes.hpp"

namespace bayeux {

std::vector<std::string_view> Attributes::names() const
{
    std::vector<std::string_view> all;
    all.reserve(values_.size());
    for (auto const& [key, value] : values_)
        all.emplace_back(key);
    return all;
}

} // namespace bayeux
