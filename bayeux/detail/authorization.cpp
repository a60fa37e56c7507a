#include "bayeux/detail/core.hpp"
#include "bayeux/error.hpp"

#include <algorithm>

namespace bayeux::detail {

/// The policy first, then the authorizers (wire-behaviour 8).
Decision Core::authorize(Exchange& x, Operation operation, std::string_view channel)
{
    auto const denied = Decision::deny(std::string(error::by_security_policy));
    auto const decision = ask(x, "security policy", denied, [&](Pending pending) {
        auto const& session = *x.session;
        switch (operation) {
        case Operation::create:
            return policy_->may_create(session, channel, x.message(), pending);
        case Operation::subscribe:
            return policy_->may_subscribe(session, channel, x.message(), pending);
        case Operation::publish:
            return policy_->may_publish(session, channel, x.message(), pending);
        }
        return denied;
    });
    return decision.allowed() ? ask_authorizers(x, operation, channel) : decision;
}

Decision Core::ask_authorizers(Exchange& x, Operation operation, std::string_view name)
{
    auto* const exact = channels_.find(name);
    auto const nobody_judges = [](ChannelState const* on) { return on->authorizers.empty(); };
    if (exact != nullptr && nobody_judges(exact) &&
        std::ranges::all_of(channels_.wild_matches(*exact), nobody_judges))
        return Decision::allow();
    bool any = false;
    bool granted = false;
    auto channels = channels_.wild_matches(name);
    if (exact != nullptr)
        channels.push_back(exact);
    for (auto const* const channel : channels) {
        for (auto const& authorizer : channel->authorizers) {
            any = true;
            auto const word = guarded("authorizer", channel->name,
                [&] { return authorizer(operation, name, *x.session, x.message()); });
            if (!word)
                return Decision::deny(std::string(error::by_not_granting));
            if (word->denied())
                return Decision::deny(word->reason());
            granted = granted || word->granted();
        }
    }
    if (any && !granted)
        return Decision::deny(std::string(error::by_not_granting));
    return Decision::allow();
}

} // namespace bayeux::detail
