#pragma once

#include "bayeux/attributes.hpp"
#include "bayeux/extension.hpp"
#include "bayeux/time.hpp"

#include <cstdint>

namespace bayeux::extensions {

/// Of a session: the lag in ms that its client has last reckoned with, from it to the server.
inline constexpr Attribute<std::int64_t> timesync_lag{"timesync.lag"};

/// Lets clients estimate the server's clock (wire-behaviour 13.2). A /meta/ message may carry
/// `ext.timesync` {tc, l, o}: the client's clock, and the lag and the offset it reckons with, all
/// in ms. Its reply then has {tc, ts, p, a}: the server's clock at arrival, how long the message
/// stayed (a hold included), and a = tc + o + l - ts, by how much the client is wrong. A client
/// that is right within 25 ms is not answered, one that sends tc alone is answered without `a`.
class Timesync : public Extension {
public:
    explicit Timesync(WallClock clock) : clock_(std::move(clock)) {}

    Decision incoming(
        Session* from, Message& message, MessageReply& reply, Pending pending) override;
    Verdict replying(Session* to, MessageReply& reply) override;

private:
    WallClock clock_;
};

} // namespace bayeux::extensions
