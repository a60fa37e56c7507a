#pragma once

#include "bayeux/service.hpp"

#include <cstddef>
#include <string_view>

namespace bayeux::testing {

/// Does what NaiveModel::serve() does.
class ModelledService : public BayeuxService {
public:
    explicit ModelledService(ServiceContext& service_context)
        : BayeuxService(service_context, "modelled")
    {
        on("/service/echo", &ModelledService::echo);
        on("/service/shout", &ModelledService::shout);
        on("/service/bye", &ModelledService::bye);
        on("/service/slow", &ModelledService::slow);
        on("/meta/connect", &ModelledService::connect);
        on("/refused", &ModelledService::refuse);
    }

private:
    static std::string_view data_of(Message const& message)
    {
        return message.data_text().empty() ? "null" : message.data_text();
    }
    void echo(Session& from, Message const& message)
    {
        from.deliver_json("/service/echo", data_of(message));
    }
    void shout(Session&, Message const& message) { context().publish("/shout", message.data()); }
    void bye(Session& from, Message const& message)
    {
        from.deliver_json("/service/bye", data_of(message));
        from.disconnect();
    }
    void slow(Session& from, Message const&)
    {
        from.set_timeout(Duration(17));
        from.set_interval(Duration(17));
    }
    void connect(Session& from, Message const& message)
    {
        if (message.data_text() == R"("bye")")
            from.disconnect();
    }
    Decision refuse(Incoming&) { return Decision::deny(); }
    void session_removed(Session&, Removal why, Message const*) override
    {
        static constexpr char const* names[] = {
            "disconnected", "expired", "by_server", "queue_full", "shutdown"};
        context().publish("/left", names[static_cast<std::size_t>(why)]);
    }
};

} // namespace bayeux::testing
