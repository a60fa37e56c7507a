#include "server/forwarded_for.hpp"

#include "server/ascii.hpp"
#include "server/request_head.hpp"

#include <vector>

namespace bayeux::server {

std::string forwarded_client(HeadView const& head, Networks const& trusted, std::string_view peer)
{
    std::string client(peer);
    auto const own_port = peer.substr(peer.rfind(':') + 1);
    std::vector<std::string_view> lines; // they are one list
    for_each_header(head, [&](std::string_view name, std::string_view value) {
        if (equal_ignoring_case(name, "X-Forwarded-For"))
            lines.push_back(value);
    });
    for (; !lines.empty(); lines.pop_back()) {
        for (auto list = lines.back(); !list.empty();) {
            auto const comma = list.rfind(',');
            auto const node = parse_node(list.substr(comma + 1)); // npos + 1 is 0
            if (!node)
                return client;
            client = peer_name(node->address, node->port.empty() ? own_port : node->port);
            if (!trusted.contains(node->address))
                return client;
            list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
        }
    }
    return client;
}

} // namespace bayeux::server
