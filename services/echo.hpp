#pragma once

#include "bayeux/binary.hpp"
#include "bayeux/service.hpp"

namespace bayeux::services {

/// What a client sends to /service/echo comes back to it on that channel, with the id of its
/// message, so that CometD's remoteCall("echo", …) works, and remoteCallBinary().
class Echo : public BayeuxService {
public:
    explicit Echo(ServiceContext& context) : BayeuxService(context, "echo")
    {
        on("/service/echo", &Echo::echo);
    }

private:
    void echo(Session& from, Message const& message)
    {
        if (auto const binary = binary_data(message))
            return from.deliver(freeze(binary_message("/service/echo", *binary), message.id()));
        auto const data = message.data_text();
        from.deliver_json("/service/echo", data.empty() ? "null" : data, message.id());
    }
};

} // namespace bayeux::services
