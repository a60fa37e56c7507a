#include "server/event_stream.hpp"

#include <algorithm>

namespace bayeux::server {

std::optional<std::string_view> stream_client_id(
    std::string_view path, std::vector<std::string> const& mounts)
{
    auto const slash = path.rfind('/');
    auto const client_id = path.substr(slash + 1);
    auto mount = path.substr(0, slash);
    if (mount.size() > client_id.size() && mount.ends_with(path.substr(slash))) // Faye 0.8
        mount.remove_suffix(client_id.size() + 1);
    if (mount.empty())
        mount = "/";
    if (client_id.empty() || std::ranges::find(mounts, mount) == mounts.end())
        return std::nullopt;
    return client_id;
}

void append_stream_start(std::string& out, ResponseFrame const& frame)
{
    append_head(out, 200, frame);
    // The last one is for nginx, which would collect events.
    out += "Content-Type: text/event-stream; charset=utf-8\r\n"
           "Cache-Control: no-store\r\n"
           "X-Content-Type-Options: nosniff\r\n"
           "X-Accel-Buffering: no\r\n"
           "\r\n"
           "retry: 5000\n\n";
}

void append_event(std::string& out, std::vector<FrozenMessage> const& messages)
{
    out += "data: [";
    auto const begin = out.size();
    for (auto const& message : messages) {
        if (out.size() > begin)
            out += ',';
        out += message->json;
    }
    // A line break would end the line of the event. In JSON it stands between tokens alone, where a
    // blank is as good.
    std::replace_if(
        out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
        [](char c) { return c == '\n' || c == '\r'; }, ' ');
    out += "]\n\n";
}

void append_heartbeat(std::string& out)
{
    out += ":\n\n";
}

} // namespace bayeux::server
