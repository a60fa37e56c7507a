#pragma once

#include <any>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux {

/// Names what services keep with a session or channel, and says its type, so that a wrong one does
/// not compile:
///
///     inline constexpr Attribute<std::string> user_name{"chat.user"};
template <class T>
struct Attribute {
    std::string_view name; ///< begins with the service's, so that two do not meet
};

/// What services keep with a Session or a Channel. It goes with its owner. Engine thread.
class Attributes {
public:
    template <class T>
    T& set(Attribute<T> key, T value)
    {
        auto& place = place_for(key.name);
        return place.template emplace<T>(std::move(value));
    }
    /// Null when it is not set. Throws std::bad_any_cast when another type stands under this name.
    template <class T>
    T* get(Attribute<T> key)
    {
        auto* const value = find(key.name);
        return value == nullptr ? nullptr : &std::any_cast<T&>(*value);
    }
    /// The same, made by its default constructor when it is not set.
    template <class T>
    T& get_or_make(Attribute<T> key)
    {
        auto* const value = get(key);
        return value == nullptr ? set(key, T()) : *value;
    }
    template <class T>
    void remove(Attribute<T> key)
    {
        std::erase_if(values_, [&](auto const& value) { return value.first == key.name; });
    }
    std::vector<std::string_view> names() const;

private:
    std::any* find(std::string_view name);
    std::any& place_for(std::string_view name);

    std::vector<std::pair<std::string, std::any>> values_;
};

} // namespace bayeux
