#pragma once

#include "bayeux/local_session.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::detail {

/// The client's side of a session in this process. The session keeps it alive, its LocalSession may
/// be gone earlier.
class LocalClient : public std::enable_shared_from_this<LocalClient> {
public:
    using MessageHandler = LocalSession::MessageHandler;
    using ReplyHandler = LocalSession::ReplyHandler;

    LocalClient(Core& core, std::string id) : core_(core), id_(std::move(id)) {}

    std::string const& id() const { return id_; }
    /// Its name in logs, where no whole id belongs.
    std::string name() const;
    Core& core() const { return core_; }
    void handshake();
    void subscribe(std::string_view channel, MessageHandler handler, ReplyHandler replied);
    void unsubscribe(std::string_view channel, ReplyHandler replied);
    void publish(std::string_view channel, boost::json::value const& data, ReplyHandler replied);
    /// Calls no handler from then on.
    void disconnect();
    /// Those that a message on `channel` is for, `/**` first.
    std::vector<MessageHandler> handlers_for(std::string_view channel) const;

private:
    enum class State { handshaking, open, closed };
    struct Outgoing {
        Message message;
        ReplyHandler replied;
    };

    std::string checked(std::string_view channel) const;
    Message message(std::string_view channel, std::string_view more) const;
    void send(Message message, ReplyHandler replied);
    void send_now(Message message, ReplyHandler replied);
    void begin(MessageReply const& handshake_reply);

    Core& core_;
    std::string id_;
    State state_ = State::handshaking;
    std::vector<Outgoing> backlog_; ///< until the handshake is answered
    std::map<std::string, MessageHandler, std::less<>> handlers_; ///< by channel
};

} // namespace bayeux::detail
