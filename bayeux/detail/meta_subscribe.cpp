// /meta/subscribe and /meta/unsubscribe (wire-behaviour 6)
//
// request: channel, clientId, subscription: a channel or an array of channels
// reply: subscription as it was sent. Names are checked before anything is done; then one by one,
//        and the first refusal ends the work: what came before it stands.

#include "bayeux/channel_name.hpp"
#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"

#include <algorithm>

namespace bayeux::detail {
namespace {

/// The error of a request that names no proper channels; empty when all is well.
template <class IsName>
std::string_view subscription_error(Message const& message, IsName is_name)
{
    if (message.subscription_text().empty())
        return error::subscription_missing;
    auto const& names = message.subscriptions();
    if (!names || !std::all_of(names->begin(), names->end(), is_name))
        return error::subscription_invalid;
    return {};
}

} // namespace

Progress Core::meta_subscribe(Exchange& x)
{
    auto const failed = [&](std::string_view text) {
        x.reply.fail(text);
        return Progress::done;
    };
    auto const error =
        subscription_error(x.message(), [this](std::string_view name) { return is_name(name); });
    if (!error.empty())
        return refuse_name(x, error);

    auto const& names = *x.message().subscriptions();
    for (; x.index < names.size(); ++x.index) {
        auto const name = channel_identity(names[x.index]);
        auto const* const known = channels_.find(name);
        if (is_meta(name))
            return deny(x, error::denied(error::by_security_policy,
                               known != nullptr ? error::subscribe_denied : error::create_denied));
        if (!x.creation_settled && (known == nullptr || x.decision)) { // see find_channel()
            auto const decision = authorize(x, Operation::create, name);
            if (decision.is_later())
                return Progress::wait;
            if (decision.denied())
                return deny(x, error::denied(decision.reason(), error::create_denied));
            if (known == nullptr && channels_.size() >= options_.max_channels) {
                note_limit(Limit::channels, statistics_.channels_refused, x.request.peer);
                return failed(error::denied(error::too_many_channels, error::create_denied));
            }
            channel(name);
        }
        x.creation_settled = true;
        auto const decision = authorize(x, Operation::subscribe, name);
        if (decision.is_later())
            return Progress::wait;
        x.creation_settled = false;
        if (decision.denied())
            return deny(x, error::denied(decision.reason(), error::subscribe_denied));
        auto& target = channel(name); // it may have been swept during a long decision
        use(target);
        // A service channel has no subscribers; subscribing to it does no harm (6.2).
        if (!is_service(name) && !subscribe(*x.session, target, &x.message()))
            return failed(error::denied(error::too_many_subscriptions, error::subscribe_denied));
    }
    x.reply.successful = true;
    return Progress::done;
}

Progress Core::meta_unsubscribe(Exchange& x)
{
    auto const failed = [&](std::string_view text) {
        x.reply.fail(text);
        return Progress::done;
    };
    auto const error =
        subscription_error(x.message(), [this](std::string_view name) { return is_name(name); });
    if (!error.empty())
        return refuse_name(x, error);

    for (auto const requested : *x.message().subscriptions()) {
        auto const name = channel_identity(requested);
        if (is_meta(name))
            return deny(x, error::unsubscribe_failed);
        auto* const known = channels_.find(name);
        if (known == nullptr)
            return failed(error::channel_missing);
        use(*known);
        unsubscribe(*x.session, *known, &x.message());
    }
    x.reply.successful = true;
    return Progress::done;
}

} // namespace bayeux::detail
