#pragma once

#include "bayeux/frozen_message.hpp"
#include "bayeux/options.hpp"

#include <cstdint>
#include <vector>

namespace bayeux {

class Session;

/// Told of each message on its way to each client, and of the connects that take them along. Apart
/// from Listener, since it is called far more often. What throws is logged. Engine thread.
class DeliveryListener {
public:
    virtual ~DeliveryListener() = default;

    /// `message` has entered the session's queue.
    virtual void queued(Session&, FrozenMessage const& /*message*/) {}
    /// `messages`, never empty, leave the queue for an answer or a frame. They may be changed: so
    /// of several values of the same thing only the last one is sent.
    virtual void dequeuing(Session&, std::vector<FrozenMessage>& /*messages*/) {}
    /// There is no room for `message`. What this returns is done; `policy` is what the options, or
    /// the listener before, say.
    virtual QueuePolicy queue_full(Session&, FrozenMessage const& /*message*/, QueuePolicy policy)
    {
        return policy;
    }
    /// A /meta/connect is held for `timeout` at most ...
    virtual void held(Session&, Duration /*timeout*/) {}
    /// ... and is so no more: it is answered, superseded, or its connection is gone.
    virtual void resumed(Session&, bool /*timed_out*/) {}
    /// The extension ack: the reply to a connect closes `batch`, and later the client says that all
    /// up to `batch` has come.
    virtual void batch_sent(Session&, std::int64_t /*batch*/) {}
    virtual void batch_acknowledged(Session&, std::int64_t /*batch*/) {}
};

} // namespace bayeux
