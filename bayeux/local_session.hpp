#pragma once

#include "bayeux/json_text.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"

#include <boost/json/value.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux {

class Session;
namespace detail {
class Core;
class LocalClient;
} // namespace detail

/// A client inside the server, for services that take part in what their clients do (wire-behaviour
/// 16). Policies, authorizers, extensions and listeners see it like any other and know it by
/// Session::is_local(). It has no connection, gets its messages at once, and never expires.
///
/// It is made by ServiceContext::local_session(), which also sends its handshake and first connect,
/// and belongs to who asked for it; it must be gone before the engine. Engine thread. What is asked
/// of it is done like what is asked of a Session: later, in order, and no handler is called from
/// inside one of these functions. What throws in a handler is logged.
class LocalSession {
public:
    using MessageHandler = std::function<void(Message const&)>;
    /// Called once with the server's reply. Without one a refusal is logged as a warning.
    using ReplyHandler = std::function<void(MessageReply const&)>;

    LocalSession(detail::Core& core, std::string_view hint);
    /// Disconnects.
    ~LocalSession();
    LocalSession(LocalSession const&) = delete;
    LocalSession& operator=(LocalSession const&) = delete;

    /// The hint, `_`, and what the id of any session is.
    std::string const& id() const;
    /// The server's side of it; null before its handshake has been granted, and after its end.
    Session* session() const;

    /// From now on `handler` gets the messages on `channel`, exact or wild, also those that are for
    /// this session alone. Each channel has one handler, the last one given; a message that several
    /// channels match goes to all their handlers.
    void subscribe(
        std::string_view channel, MessageHandler handler, ReplyHandler replied = nullptr);
    void unsubscribe(std::string_view channel, ReplyHandler replied = nullptr);
    void publish(
        std::string_view channel, boost::json::value const& data, ReplyHandler replied = nullptr);
    template <MadeValue Data>
    void publish(std::string_view channel, Data const& data, ReplyHandler replied = nullptr)
    {
        publish(channel, boost::json::value_from(data), std::move(replied));
    }
    /// Ends the session. No handler is called any more, and nothing else does anything.
    void disconnect();

private:
    std::shared_ptr<detail::LocalClient> client_;
};

} // namespace bayeux
