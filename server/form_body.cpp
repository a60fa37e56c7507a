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

std::optional<std::vector<std::string>> form_messages(std::string_view body)
{
    std::vector<std::string> messages;
    body = trim(body);
    while (!body.empty()) {
        auto const field = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(field.size() + 1, body.size()));
        auto const name = field.substr(0, field.find('='));
        if (percent_decode(name, Plus::space) != "message")
            continue;
        auto value =
            percent_decode(field.substr(std::min(name.size() + 1, field.size())), Plus::space);
        if (!value)
            return std::nullopt;
        messages.push_back(std::move(*value));
    }
    return messages.empty() ? std::nullopt : std::optional(std::move(messages));
}

} // namespace bayeux::server
