#include "bayeux/outbox.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bayeux {
namespace {

// What is kept of a rush of answers, or of a long one, is bounded.
constexpr std::size_t max_spare = 1'024;
constexpr std::size_t max_spare_text = 1'024;
constexpr std::size_t max_spare_messages = 16;

/// Messages are shared: they must not live on in here.
void strip(Reply& used)
{
    used.messages.clear();
    if (used.replies.capacity() > max_spare_text || used.first.capacity() > max_spare_text ||
        used.messages.capacity() > max_spare_messages)
        used = Reply();
}

void shrink(std::vector<Reply>& list)
{
    if (list.capacity() > 4 * max_spare)
        list.shrink_to_fit();
}

} // namespace

void Reply::reset(Origin to)
{
    origin = to;
    ok = true;
    error_status = 0;
    first.clear();
    messages.clear();
    replies.clear();
    set_browser_id.clear();
    whole = false;
    more = false;
    client_id.clear();
}

Reply Outbox::make_reply(Origin origin)
{
    if (spare_.empty())
        return Reply::to(origin);
    auto reply = std::move(spare_.back());
    spare_.pop_back();
    reply.reset(origin);
    return reply;
}

void Outbox::take_back(std::vector<Reply>& used)
{
    used.resize(std::min(used.size(), max_spare - spare_.size()));
    strip(used);
    if (spare_.empty())
        spare_.swap(used);
    else
        std::move(used.begin(), used.end(), std::back_inserter(spare_));
    used.clear();
    shrink(used);
    shrink(spare_);
}

void Outbox::take_back(Reply used)
{
    if (spare_.size() >= max_spare)
        return;
    strip(used);
    spare_.push_back(std::move(used));
}

void strip(std::vector<Reply>& used)
{
    used.resize(std::min(used.size(), max_spare));
    for (auto& reply : used)
        strip(reply);
    shrink(used);
}

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
