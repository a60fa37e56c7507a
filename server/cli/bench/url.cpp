#include "server/cli/bench/url.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/printable.hpp"

#include <charconv>

namespace bayeux::cli {

std::string Url::authority() const
{
    return host + ':' + std::to_string(port);
}

Url parse_url(std::string_view text)
{
    auto const refuse = [text](char const* why) -> Failure {
        return Failure("URL " + server::printable(text) + ": " + why);
    };
    auto const scheme = text.find("://");
    if (text.substr(0, scheme) != "http" && text.substr(0, scheme) != "ws") {
        throw refuse("must begin with http:// or ws://");
    }
    auto rest = text.substr(scheme + 3);
    auto const slash = rest.find('/');
    Url url;
    url.path = slash == std::string_view::npos ? "/" : rest.substr(slash);
    if (url.path.find_first_of(" \r\n") != std::string::npos) {
        throw refuse("has blanks in its path");
    }
    auto const authority = rest.substr(0, slash);
    auto const colon = authority.rfind(':');
    url.host = authority.substr(0, colon);
    if (url.host.empty()) {
        throw refuse("has no host");
    }
    if (colon != std::string_view::npos) {
        auto const* const begin = authority.data() + colon + 1;
        auto const* const end = authority.data() + authority.size();
        auto const [last, error] = std::from_chars(begin, end, url.port);
        if (error != std::errc() || last != end || url.port == 0) {
            throw refuse("has no valid port");
        }
    }
    return url;
}

} // namespace bayeux::cli
