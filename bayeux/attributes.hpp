#pragma once

#include <any>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
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

/// What services keep with a Session or a Channel. It goes with its owner. References to a value
/// are valid until it is set anew or removed. Engine thread.
class Attributes {
public:
    template <class T>
    T& set(Attribute<T> key, std::type_identity_t<T> value)
    {
        return values_[std::string(key.name)].template emplace<T>(std::move(value));
    }
    /// Null when it is not set. Throws std::bad_any_cast when another type stands under this name.
    template <class T>
    T* get(Attribute<T> key)
    {
        auto const found = values_.find(key.name);
        return found == values_.end() ? nullptr : &std::any_cast<T&>(found->second);
    }
    template <class T>
    T const* get(Attribute<T> key) const
    {
        auto const found = values_.find(key.name);
        return found == values_.end() ? nullptr : &std::any_cast<T const&>(found->second);
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
        if (auto const found = values_.find(key.name); found != values_.end())
            values_.erase(found);
    }
    std::vector<std::string_view> names() const;

private:
    std::map<std::string, std::any, std::less<>> values_;
};

} // namespace bayeux
