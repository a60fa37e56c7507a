#include "server/cors.hpp"

#include "server/ascii.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::server {
namespace {

bool starts_with(std::string_view text, std::string_view prefix)
{
    return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool ends_with(std::string_view text, std::string_view suffix)
{
    return text.size() >= suffix.size() &&
           equal_ignoring_case(text.substr(text.size() - suffix.size()), suffix);
}

std::string_view without_default_port(std::string_view origin)
{
    for (auto const& [scheme, port] :
        {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}})
        if (starts_with(origin, scheme) && ends_with(origin, port))
            origin.remove_suffix(port.size());
    return origin;
}

std::string_view without_port(std::string_view origin)
{
    auto const host_end = origin.find_last_not_of("0123456789");
    return host_end != std::string_view::npos && origin[host_end] == ':' &&
                   host_end + 1 < origin.size()
               ? origin.substr(0, host_end)
               : origin;
}

/// A browser sends nothing else; with `*` the value is echoed, so it must be harmless there.
bool is_plain(std::string_view origin)
{
    return !origin.empty() &&
           std::ranges::all_of(origin, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_host_part(std::string_view text)
{
    return !text.empty() && std::ranges::none_of(text, [](char c) {
        return std::string_view("/:@?#").find(c) != std::string_view::npos;
    });
}

bool is_header_list(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_token(c) || c == ',' || c == ' ' || c == '\t';
    });
}

} // namespace

AllowedOrigins::AllowedOrigins(std::vector<std::string> const& entries)
{
    constexpr std::string_view any_port = ":*";
    constexpr std::string_view any_subdomain = "://*.";
    for (std::string_view text : entries) {
        if (text == "*") {
            any_ = true;
            continue;
        }
        Entry entry;
        if (text.ends_with(any_port)) {
            entry.any_port = true;
            text.remove_suffix(any_port.size());
        }
        text = without_default_port(text);
        if (auto const at = text.find(any_subdomain); at != std::string_view::npos) {
            entry.any_subdomain = true;
            entry.prefix = text.substr(0, at + any_subdomain.size() - 2);
            entry.suffix = text.substr(at + any_subdomain.size() - 1);
        } else {
            entry.prefix = text;
        }
        entries_.push_back(std::move(entry));
    }
}

bool AllowedOrigins::allows(std::string_view origin) const
{
    if (!is_plain(origin))
        return false;
    origin = without_default_port(origin);
    return any_ || std::ranges::any_of(entries_, [origin](Entry const& entry) {
        auto const text = entry.any_port ? without_port(origin) : origin;
        if (!entry.any_subdomain)
            return equal_ignoring_case(text, entry.prefix);
        auto const fixed = entry.prefix.size() + entry.suffix.size();
        return text.size() > fixed && starts_with(text, entry.prefix) &&
               ends_with(text, entry.suffix) &&
               is_host_part(text.substr(entry.prefix.size(), text.size() - fixed));
    });
}

void append_cors(std::string& out, std::string_view origin)
{
    out += "Access-Control-Allow-Origin: ";
    out += origin;
    out += "\r\nAccess-Control-Allow-Credentials: true\r\n";
}

void append_preflight(
    std::string& out, std::string_view methods, std::string_view requested_headers)
{
    out += "Access-Control-Allow-Methods: ";
    out += methods;
    // The listed headers are what Bayeux clients are known to set by themselves.
    out += "\r\nAccess-Control-Allow-Headers: "
           "Accept, Authorization, Content-Type, Pragma, X-Requested-With";
    if (is_header_list(requested_headers)) {
        out += ", ";
        out += requested_headers;
    }
    out += "\r\nAccess-Control-Max-Age: 86400\r\n";
}

} // namespace bayeux::server
