#include "server/form_body.hpp"

#include "server/ascii.hpp"

namespace bayeux::server {

bool is_form(std::string_view body, MediaType type)
{
    body = trim(body);
    if (body.starts_with("message="))
        return true;
    return type == MediaType::form && !body.starts_with('[') && !body.starts_with('{');
}

} // namespace bayeux::server
