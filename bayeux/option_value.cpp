#include "bayeux/option_value.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace bayeux {

std::int64_t parse_number(std::string_view text, OptionRange range, std::string_view unit)
{
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < range.min ||
        number > range.max) {
        throw InvalidValue("must be a whole number" +
                           (unit.empty() ? std::string() : " of " + std::string(unit)) + " from " +
                           std::to_string(range.min) + " to " + std::to_string(range.max));
    }
    return number;
}

bool parse_boolean(std::string_view text)
{
    if (text != "true" && text != "false")
        throw InvalidValue("must be true, false");
    return text == "true";
}

std::string parse_text(std::string_view text)
{
    auto const is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    if (text.starts_with(' ') || text.ends_with(' ') || text.find('#') != std::string_view::npos ||
        std::any_of(text.begin(), text.end(), is_control))
        throw InvalidValue("must not hold '#' or control characters, nor blanks at its ends");
    return std::string(text);
}

} // namespace bayeux
