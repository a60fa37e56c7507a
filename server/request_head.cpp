#include "server/request_head.hpp"

#include "server/ascii.hpp"
#include "server/uri.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace bayeux::server {
namespace {

std::string_view take_line(std::string_view& head)
{
    auto const line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    return line;
}

} // namespace

/// parse_head() has accepted it, so it is what it looks like.
std::shared_ptr<RequestHead const> keep_head(HeadView const& head)
{
    auto lines = head.bytes;
    take_line(lines);
    std::vector<Header> headers;
    for (auto line = take_line(lines); !line.empty(); line = take_line(lines)) {
        auto const name = line.substr(0, line.find(':'));
        line.remove_prefix(std::min(name.size() + 1, line.size()));
        headers.push_back({std::string(name), std::string(trim(line))});
    }
    std::string target;
    if (auto const parts = split_target(head.target))
        target.append(parts->path).append(parts->query);
    return std::make_shared<RequestHead const>(
        std::string(head.method), std::move(target), std::move(headers));
}

} // namespace bayeux::server
