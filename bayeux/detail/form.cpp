#include "bayeux/detail/form.hpp"

#include "bayeux/detail/ascii.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::detail {
namespace {

/// The value of the next field of that name, not decoded; nothing when there is no more. `form`
/// begins behind it then.
std::optional<std::string_view> take_field(std::string_view& form, std::string_view name)
{
    while (!form.empty()) {
        auto const field = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(field.size() + 1, form.size()));
        auto const field_name = field.substr(0, field.find('='));
        if (percent_decode(field_name, Plus::space) == name)
            return field.substr(std::min(field_name.size() + 1, field.size()));
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text, Plus plus)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::space) {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            if (text.size() - i < 3)
                return std::nullopt;
            auto const high = hex_value(text[i + 1]);
            auto const low = hex_value(text[i + 2]);
            if (high < 0 || low < 0)
                return std::nullopt;
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
    }
    return decoded;
}

std::optional<std::vector<std::string>> form_values(std::string_view form, std::string_view name)
{
    std::vector<std::string> values;
    form = trim(form);
    while (auto const field = take_field(form, name)) {
        auto value = percent_decode(*field, Plus::space);
        if (!value)
            return std::nullopt;
        values.push_back(std::move(*value));
    }
    return values;
}

std::optional<std::string> first_form_value(std::string_view form, std::string_view name)
{
    form = trim(form);
    auto const field = take_field(form, name);
    return field ? percent_decode(*field, Plus::space) : std::nullopt;
}

} // namespace bayeux::detail
