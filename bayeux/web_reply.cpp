#include "bayeux/web_reply.hpp"

#include "bayeux/detail/ascii.hpp"

#include <algorithm>
#include <initializer_list>

namespace bayeux {
namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::ranges::any_of(
        names, [&](std::string_view one) { return detail::equal_ignoring_case(name, one); });
}

/// What the server says of an answer itself.
bool is_of_server(std::string_view name)
{
    constexpr std::string_view cors = "access-control-";
    return is_hop_by_hop(name) || is_one_of(name, {"Content-Length", "Date"}) ||
           detail::equal_ignoring_case(name.substr(0, cors.size()), cors);
}

/// RFC 9110 5.5: no line can be ended by it.
bool is_header_value(std::string_view value)
{
    return std::ranges::all_of(value,
        [](char c) { return (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') || c == '\t'; });
}

} // namespace

WebReply WebReply::text(unsigned status, std::string_view line)
{
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::string(line) + '\n'};
}

bool is_hop_by_hop(std::string_view header_name)
{
    return is_one_of(
        header_name, {"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
                         "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"});
}

std::string problem_with(WebReply const& reply)
{
    if (reply.status < 200 || reply.status > 599)
        return "status " + std::to_string(reply.status) + " is none of 200 to 599";
    for (auto const& [name, value] : reply.headers) {
        if (name.empty() || !std::ranges::all_of(name, detail::is_token))
            return "a header's name is no token";
        if (!is_header_value(value))
            return "the value of " + name + " has control characters";
        if (is_of_server(name))
            return name + " is the server's to write";
    }
    return {};
}

} // namespace bayeux
