#pragma once

#include "bayeux/service.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bayeux::services {

/// Chat rooms with member lists and private messages, on the wire of CometD's chat demo, so that
/// its pages work:
///
///   /chat/<room>          what everybody in the room says: {user, chat}
///   /members/<room>       the names in the room, whenever they change
///   /service/members      join: {user, room: "/chat/<room>"}
///   /service/privatechat  whisper: {user, room, chat, peer: "name[,name...]"}; the peers and the
///                         sender get {user, chat, scope: "private"} on /chat/<room>, nobody else
///
/// A session leaves a room when it unsubscribes from its chat, and all of them when it ends, for
/// whatever reason.
class Chat : public BayeuxService {
public:
    explicit Chat(ServiceContext& context);

private:
    using Members = std::map<std::string, std::string, std::less<>>; ///< name to session id

    void join(Session& from, Message const& message);
    void whisper(Session& from, Message const& message);
    void session_removed(Session& session, Removal why, Message const* message) override;
    void unsubscribed(Session& session, Channel& channel, Message const* message) override;
    void leave(Session const& session, std::string const& room);
    void tell_members(std::string const& room, Members const& members);

    std::map<std::string, Members, std::less<>> rooms_; ///< by name, without `/chat/`
    std::unordered_map<std::string, std::vector<std::string>> rooms_of_; ///< by session id
};

} // namespace bayeux::services
