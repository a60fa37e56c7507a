// Publishing to a broadcast channel (wire-behaviour 5.4 and 10)

#include "bayeux/detail/core.hpp"

namespace bayeux::detail {

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
    auto const deliver_to_subscribers_of = [&](ChannelState& channel) {
        for (auto const& subscriber : channel.subscribers) {
            auto& session = *subscriber.session;
            if (session.last_publish == serial)
                continue; // it has it, by another of the matching channels
            session.last_publish = serial;
            if (&session != x.session || options_.broadcast_to_publisher)
                deliver(session, message);
        }
    };
    auto& target = channel(x.channel);
    auto const wild = channels_.wild_matches(target); // a copy: extensions may create channels
    for (auto* const channel : wild)
        deliver_to_subscribers_of(*channel);
    deliver_to_subscribers_of(target);
}

} // namespace bayeux::detail
