#include "bayeux/fields.hpp"

#include <cmath>
#include <utility>

namespace bayeux {
namespace {

namespace json = boost::json;

/// Up to here each whole number is a double.
constexpr double largest_whole_double = 9'007'199'254'740'992;

json::object object_in(Message const& message)
{
    auto data = message.data();
    if (!data.is_object())
        throw BadMessage("data must be an object");
    return std::move(data.get_object());
}

} // namespace

Fields::Fields(Message const& message) : Fields("data", object_in(message)) {}

Fields::Fields(std::string path, json::object object)
    : path_(std::move(path)), object_(std::move(object))
{}

BadMessage Fields::bad(std::string_view name, std::string_view why) const
{
    return BadMessage(std::string(path_).append(".").append(name).append(" ").append(why));
}

json::value const& Fields::value(std::string_view name) const&
{
    static json::value const absent;
    auto const* const found = object_.if_contains(name);
    return found == nullptr ? absent : *found;
}

std::string Fields::text(std::string_view name) const
{
    auto const* const found = value(name).if_string();
    if (found == nullptr)
        throw bad(name, "must be text");
    return std::string(*found);
}

std::string Fields::text(std::string_view name, std::string_view otherwise) const
{
    return has(name) ? text(name) : std::string(otherwise);
}

std::int64_t Fields::integer(std::string_view name, std::int64_t min, std::int64_t max) const
{
    auto const& found = value(name);
    std::int64_t number = 0;
    if (found.is_int64())
        number = found.get_int64();
    else if (found.is_double() && std::trunc(found.get_double()) == found.get_double() &&
             std::abs(found.get_double()) <= largest_whole_double)
        number = static_cast<std::int64_t>(found.get_double());
    else
        throw bad(name, "must be a whole number");
    if (number < min || number > max)
        throw bad(name,
            "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return number;
}

double Fields::number(std::string_view name) const
{
    auto const& found = value(name);
    auto const number = found.is_number() ? found.to_number<double>() : std::nan("");
    if (!std::isfinite(number))
        throw bad(name, "must be a number");
    return number;
}

bool Fields::boolean(std::string_view name) const
{
    auto const* const found = value(name).if_bool();
    if (found == nullptr)
        throw bad(name, "must be true or false");
    return *found;
}

bool Fields::boolean(std::string_view name, bool otherwise) const
{
    return has(name) ? boolean(name) : otherwise;
}

json::array const& Fields::array(std::string_view name) const&
{
    auto const* const found = value(name).if_array();
    if (found == nullptr)
        throw bad(name, "must be an array");
    return *found;
}

Fields Fields::object(std::string_view name) const
{
    auto const* const found = value(name).if_object();
    if (found == nullptr)
        throw bad(name, "must be an object");
    return {std::string(path_).append(".").append(name), *found};
}

} // namespace bayeux
