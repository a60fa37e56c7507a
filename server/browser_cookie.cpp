#include "server/browser_cookie.hpp"

namespace bayeux::server {

std::string browser_cookie_attributes(Options const& options)
{
    std::string attributes;
    if (!options.browser_cookie_domain.empty())
        attributes += "; Domain=" + options.browser_cookie_domain;
    attributes += "; Path=" + options.browser_cookie_path;
    if (options.browser_cookie_max_age >= 0)
        attributes += "; Max-Age=" + std::to_string(options.browser_cookie_max_age);
    if (options.browser_cookie_http_only)
        attributes += "; HttpOnly";
    // Always, though CometD asks whether the request came over TLS: only the proxy that ended it
    // knows.
    if (options.browser_cookie_secure)
        attributes += "; Secure";
    if (!options.browser_cookie_same_site.empty())
        attributes += "; SameSite=" + options.browser_cookie_same_site;
    if (options.browser_cookie_partitioned)
        attributes += "; Partitioned";
    return attributes;
}

std::string browser_cookie_problem(Options const& options)
{
    auto const& name = options.browser_cookie_name;
    bool const host_only = name.starts_with("__Host-");
    std::string wish;
    if (options.browser_cookie_same_site == "None")
        wish = "browser-cookie-same-site 'None'";
    else if (options.browser_cookie_partitioned)
        wish = "browser-cookie-partitioned 'true'";
    else if (host_only || name.starts_with("__Secure-"))
        wish = "browser-cookie-name '" + name + '\'';
    if (!wish.empty() && !options.browser_cookie_secure)
        return wish + " needs browser-cookie-secure 'true', or browsers refuse the cookie";
    if (host_only && (!options.browser_cookie_domain.empty() || options.browser_cookie_path != "/"))
        return "browser-cookie-name '" + name +
               "' needs browser-cookie-path '/' and no browser-cookie-domain, or browsers "
               "refuse the cookie";
    return {};
}

} // namespace bayeux::server
