#include "server/form_body.hpp"

#include "server/ascii.hpp"
#include "server/uri.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::server {

bool is_form(std::string_view body, MediaType type)
{
    body = trim(body);
    if (body.starts_with("message="))
        return true;
    return type == MediaType::form && !body.starts_with('[') && !body.starts_with('{');
}

std::optional<std::vector<std::string>> form_values(std::string_view form, std::string_view name)
{
    std::vector<std::string> values;
    form = trim(form);
    while (!form.empty()) {
        auto const field = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(field.size() + 1, form.size()));
        auto const field_name = field.substr(0, field.find('='));
        if (percent_decode(field_name, Plus::space) != name)
            continue;
        auto value = percent_decode(
            field.substr(std::min(field_name.size() + 1, field.size())), Plus::space);
        if (!value)
            return std::nullopt;
        values.push_back(std::move(*value));
    }
    return values;
}

} // namespace bayeux::server
