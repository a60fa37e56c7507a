#include "server/uri.hpp"

#include "server/ascii.hpp"

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

} // namespace bayeux::server
