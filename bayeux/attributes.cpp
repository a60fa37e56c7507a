#include "bayeux/attributes.hpp"

namespace bayeux {

std::any* Attributes::find(std::string_view name)
{
    for (auto& [key, value] : values_)
        if (key == name)
            return &value;
    return nullptr;
}

std::any& Attributes::place_for(std::string_view name)
{
    auto* const known = find(name);
    return known != nullptr ? *known : values_.emplace_back(name, std::any()).second;
}

std::vector<std::string_view> Attributes::names() const
{
    std::vector<std::string_view> all;
    all.reserve(values_.size());
    for (auto const& [key, value] : values_)
        all.emplace_back(key);
    return all;
}

} // namespace bayeux
