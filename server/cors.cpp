#include "server/cors.hpp"

#include "server/ascii.hpp"

#include <algorithm>

namespace bayeux::server {
namespace {

/// An origin in the form in which two of them are compared: lower case, without a default port.
std::string normalized(std::string_view origin)
{
    auto text = to_lower(origin);
    auto const drop = [&text](std::string_view scheme, std::string_view port) {
        if (text.starts_with(scheme) && text.ends_with(port))
            text.resize(text.size() - port.size());
    };
    drop("http://", ":80");
    drop("https://", ":443");
    return text;
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
    for (auto const& text : entries) {
        if (text == "*") {
            any_ = true;
            continue;
        }
        Entry entry;
        auto rest = normalized(text);
        if (rest.ends_with(any_port)) {
            entry.any_port = true;
            rest.resize(rest.size() - any_port.size());
        }
        if (auto const at = rest.find(any_subdomain); at != std::string::npos) {
            entry.any_subdomain = true;
            entry.prefix = rest.substr(0, at + any_subdomain.size() - 2);
            entry.suffix = rest.substr(at + any_subdomain.size() - 1);
        } else {
            entry.prefix = std::move(rest);
        }
        entries_.push_back(std::move(entry));
    }
}

bool AllowedOrigins::allows(std::string_view origin) const
{
    if (!is_plain(origin))
        return false;
    if (any_)
        return true;
    if (entries_.empty())
        return false;
    auto const whole = normalized(origin);
    return std::ranges::any_of(entries_, [&whole](Entry const& entry) {
        auto text = entry.any_port ? without_port(whole) : std::string_view(whole);
        if (!entry.any_subdomain)
            return text == entry.prefix;
        if (!text.starts_with(entry.prefix) || !text.ends_with(entry.suffix) ||
            text.size() <= entry.prefix.size() + entry.suffix.size())
            return false;
        text.remove_prefix(entry.prefix.size());
        text.remove_suffix(entry.suffix.size());
        return is_host_part(text);
    });
}

void append_cors(std::string& out, std::string_view origin)
{
    out += "Access-Control-Allow-Origin: ";
    out += origin;
    out += "\r\nAccess-Control-Allow-Credentials: true\r\n";
}

void append_preflight(std::string& out, std::string_view requested_headers)
{
    // The listed headers are what Bayeux clients are known to set by themselves.
    out += "Access-Control-Allow-Methods: GET, POST, OPTIONS\r\n"
           "Access-Control-Allow-Headers: "
           "Accept, Authorization, Content-Type, Pragma, X-Requested-With";
    if (is_header_list(requested_headers)) {
        out += ", ";
        out += requested_headers;
    }
    out += "\r\nAccess-Control-Max-Age: 86400\r\n";
}

} // namespace bayeux::server
