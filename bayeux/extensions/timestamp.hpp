#pragma once

#include "bayeux/extension.hpp"
#include "bayeux/time.hpp"

#include <string>
#include <utility>

namespace bayeux::extensions {

/// Gives everything that goes to clients, replies and messages, a member `timestamp`
/// (wire-behaviour 13.3), in the form of timestamp_text(). A client's own timestamp is replaced.
class Timestamp : public Extension {
public:
    explicit Timestamp(WallClock clock) : clock_(std::move(clock)) {}

    Verdict replying(Session* to, MessageReply& reply) override;
    Verdict publishing(Session* from, Message& message) override;
    Verdict delivering(Session& to, FrozenMessage& message) override;

private:
    WallClock clock_;
};

/// As CometD writes it, in UTC: `Tue Nov 14 22:13:20 UTC 2023`.
std::string timestamp_text(std::chrono::sys_time<Duration> time);

} // namespace bayeux::extensions
