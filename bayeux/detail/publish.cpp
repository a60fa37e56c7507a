// Publishing to a broadcast channel (wire-behaviour 5.4 and 10)

#include "bayeux/detail/core.hpp"

namespace bayeux::detail {

/// How long a message may wait for others: the shortest time of those that make it lazy (14).
std::optional<Duration> Core::laziness(
    Message const& message, std::vector<ChannelState*> const& channels) const
{
    std::optional<Duration> lazy;
    auto const add = [&](Duration timeout) { lazy = std::min(lazy.value_or(timeout), timeout); };
    if (message.lazy())
        add(options_.max_lazy_timeout);
    for (auto const* const channel : channels)
        if (channel->lazy)
            add(channel->lazy_timeout.value_or(options_.max_lazy_timeout));
    return lazy;
}

void Core::publish(Exchange& x)
{
    for (auto at = extensions_.size(); at-- > 0;) {
        auto const extension = extensions_[at];
        auto const verdict = guarded("publishing extension", x.channel,
            [&] { return extension->publishing(x.session, x.message()); });
        if (verdict == Extension::Verdict::drop) {
            veto(x);
            return;
        }
    }
    ++statistics_.messages_published;
    auto const message = freeze(x.message());
    auto const serial = ++last_publish_;
    auto& target = channel(x.channel);
    auto channels = channels_.wild_matches(target); // a copy: extensions may create channels
    channels.push_back(&target);
    auto const lazy = laziness(x.message(), channels);
    for (auto const* const channel : channels) {
        for (auto const& subscriber : channel->subscribers) {
            auto& session = *subscriber.session;
            if (session.last_publish == serial)
                continue; // it has it, by another of the matching channels
            if (&session == x.session &&
                !(channel->broadcast_to_publisher && session.broadcast_to_publisher))
                continue;
            session.last_publish = serial;
            deliver(session, message, lazy);
        }
    }
}

} // namespace bayeux::detail
