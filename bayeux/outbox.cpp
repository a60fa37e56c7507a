#include "bayeux/outbox.hpp"

namespace bayeux {

void append_body(std::string& out, Reply const& reply)
{
    auto const start = out.size();
    out += '[';
    auto const append = [&](std::string_view part) {
        if (part.empty())
            return;
        if (out.size() > start + 1)
            out += ',';
        out += part;
    };
    append(reply.first);
    for (auto const& message : reply.messages)
        append(message->json);
    append(reply.replies);
    out += ']';
}

} // namespace bayeux
