#pragma once

#include "bayeux/extension.hpp"
#include "bayeux/service.hpp"
#include "bayeux/time.hpp"

namespace bayeux::extensions {

/// Ends the sessions of clients that do nothing (wire-behaviour 13.4): that send nothing but
/// /meta/connect for longer than `max_inactivity`. It looks when a connect comes, and answers that
/// one with `402::session_unknown` and the advice not to come again.
class Activity : public Extension {
public:
    Activity(ServiceContext& context, Duration max_inactivity)
        : context_(context), max_inactivity_(max_inactivity)
    {}

    /// Watches the session that a handshake is to make.
    Decision incoming(
        Session* from, Message& message, MessageReply& reply, Pending pending) override;

private:
    ServiceContext& context_;
    Duration max_inactivity_;
};

} // namespace bayeux::extensions
