// Sessions in this process (wire-behaviour 16): their messages go through the same stations as
// those of others, as actions, and their replies and what is delivered to them become actions as
// well.

#include "bayeux/detail/core.hpp"
#include "bayeux/detail/local_client.hpp"

#include <algorithm>
#include <stdexcept>

namespace bayeux::detail {

std::shared_ptr<LocalClient> Core::make_local_client(std::string_view hint)
{
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    if (hint.empty() || !std::all_of(hint.begin(), hint.end(), allowed))
        throw std::invalid_argument(
            std::string(hint).append(": a hint is made of letters, digits, '-' and '_'"));
    return std::make_shared<LocalClient>(*this, std::string(hint) + '_' + random_id());
}

void Core::send_later(std::shared_ptr<LocalClient> from, Message message, LocalReply replied)
{
    later([this, from = std::move(from), message = std::move(message),
              replied = std::move(replied)]() mutable {
        bool const handshake = message.channel() == "/meta/handshake";
        Batch batch;
        batch.push_back(std::move(message));
        Exchange exchange(Origin{}, local_request(), std::move(batch));
        exchange.replied = std::move(replied);
        if (handshake) {
            begin_session(exchange, from->id());
            exchange.fresh->local = std::move(from);
        } else {
            exchange.session = find_session(from->id());
        }
        run(std::move(exchange));
    });
}

void Core::end_later(std::shared_ptr<LocalClient> client)
{
    later([this, client = std::move(client)] {
        if (auto* const session = find_session(client->id()))
            remove_session(*session, Removal::disconnected);
    });
}

/// That of its handshake it must have, whatever extensions say: else it would neither begin nor
/// end.
void Core::reply_locally(Exchange& x)
{
    if (!extensions_keep(x.session, x.reply) && x.channel != "/meta/handshake")
        return;
    later([this, replied = x.replied, reply = x.reply] {
        guarded("reply handler of a local session", reply.channel, [&] {
            replied(reply);
            return true;
        });
    });
}

void Core::deliver_locally(SessionState const& session, FrozenMessage message)
{
    later([this, client = session.local, message = std::move(message)] {
        auto const handlers = client->handlers_for(message->channel);
        if (handlers.empty())
            return;
        auto const parsed = thaw(*message);
        for (auto const& handler : handlers)
            guarded(client->name(), message->channel, [&] {
                handler(parsed);
                return true;
            });
    });
}

} // namespace bayeux::detail
