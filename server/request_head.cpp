#include "server/request_head.hpp"

#include "server/uri.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::server {

std::shared_ptr<RequestHead const> keep_head(HeadView const& head)
{
    std::vector<Header> headers;
    for_each_header(head, [&](std::string_view name, std::string_view value) {
        headers.push_back({std::string(name), std::string(value)});
    });
    std::string target;
    if (auto const parts = split_target(head.target))
        target.append(parts->path).append(parts->query);
    return std::make_shared<RequestHead const>(
        std::string(head.method), std::move(target), std::move(headers));
}

} // namespace bayeux::server
