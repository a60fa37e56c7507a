#include "bayeux/extensions/activity.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/error.hpp"

#include <memory>

namespace bayeux::extensions {
namespace {

class Watch : public Extension {
public:
    Watch(ServiceContext& context, Duration max_inactivity)
        : context_(context), max_inactivity_(max_inactivity), last_activity_(context.now())
    {}

    Decision incoming(Session* from, Message& message, MessageReply& reply, Pending) override
    {
        auto const now = context_.now();
        if (channel_identity(message.channel()) != "/meta/connect") {
            last_activity_ = now;
            return Decision::allow();
        }
        if (now - last_activity_ <= max_inactivity_)
            return Decision::allow();
        from->disconnect();
        reply.fail(error::session_unknown);
        reply.advice = Advice{Advice::Reconnect::none, Duration(0), {}};
        reply.handled = true;
        return Decision::deny();
    }

private:
    ServiceContext& context_;
    Duration max_inactivity_;
    Instant last_activity_;
};

} // namespace

Decision Activity::incoming(Session* from, Message& message, MessageReply&, Pending)
{
    if (channel_identity(message.channel()) == "/meta/handshake")
        from->add_extension(std::make_shared<Watch>(context_, max_inactivity_));
    return Decision::allow();
}

} // namespace bayeux::extensions
