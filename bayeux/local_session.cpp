#include "bayeux/local_session.hpp"

#include "bayeux/detail/core.hpp"
#include "bayeux/detail/local_client.hpp"

#include <utility>

namespace bayeux {

LocalSession::LocalSession(detail::Core& core, std::string_view hint)
    : client_(core.make_local_client(hint))
{
    client_->handshake();
}

LocalSession::~LocalSession()
{
    disconnect();
}

std::string const& LocalSession::id() const
{
    return client_->id();
}

Session* LocalSession::session() const
{
    return client_->core().find_session(client_->id());
}

void LocalSession::subscribe(std::string_view channel, MessageHandler handler, ReplyHandler replied)
{
    client_->subscribe(channel, std::move(handler), std::move(replied));
}

void LocalSession::unsubscribe(std::string_view channel, ReplyHandler replied)
{
    client_->unsubscribe(channel, std::move(replied));
}

void LocalSession::publish(
    std::string_view channel, boost::json::value const& data, ReplyHandler replied)
{
    client_->publish(channel, data, std::move(replied));
}

void LocalSession::disconnect()
{
    client_->disconnect();
}

} // namespace bayeux
