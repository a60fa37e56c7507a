#pragma once

#include "bayeux/request_head.hpp"
#include "server/ascii.hpp"
#include "server/http_parser.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

namespace bayeux::server {

/// Calls `see(name, value)` for each header of a head that parse_head() has accepted.
template <class See>
void for_each_header(HeadView const& head, See see)
{
    auto lines = head.bytes;
    auto const take_line = [&lines] {
        auto const line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(line.size() + 2, lines.size()));
        return line;
    };
    take_line(); // the request's
    for (auto line = take_line(); !line.empty(); line = take_line()) {
        auto const name = line.substr(0, line.find(':'));
        line.remove_prefix(std::min(name.size() + 1, line.size()));
        see(name, trim(line));
    }
}

/// What services see of a request: a copy.
std::shared_ptr<RequestHead const> keep_head(HeadView const& head);

} // namespace bayeux::server
