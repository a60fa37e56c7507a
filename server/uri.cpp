#include "server/uri.hpp"

#include <algorithm>

namespace bayeux::server {

std::optional<RequestTarget> split_target(std::string_view target)
{
    if (target == "*")
        return RequestTarget{target, {}};
    if (!target.starts_with('/')) {
        auto const scheme_end = target.find("://");
        if (scheme_end == std::string_view::npos)
            return std::nullopt;
        target.remove_prefix(scheme_end + 3);
        auto const authority_end = target.find_first_of("/?");
        target.remove_prefix(std::min(authority_end, target.size()));
        if (!target.starts_with('/'))
            return RequestTarget{"/", target};
    }
    auto const path = target.substr(0, target.find('?'));
    return RequestTarget{path, target.substr(path.size())};
}

} // namespace bayeux::server
