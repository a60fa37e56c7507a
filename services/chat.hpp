#pragma once

#include "bayeux/service.hpp"

#include <cstddef>
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
/// whatever reason. What makes no sense is answered with what is wrong.
class Chat : public BayeuxService {
public:
    static constexpr std::size_t max_rooms = 100; ///< of one session: more than a person can follow
    static constexpr std::size_t max_members = 10'000; ///< of one room
    static constexpr std::size_t max_name = 200;       ///< bytes

    explicit Chat(ServiceContext& context);

private:
    using Members = std::map<std::string, std::string, std::less<>>; ///< name to session id

    void join(Session& from, Message const& message);
    void whisper(Session& from, Message const& message);
    void unsubscribed_from(Session& session, Channel& room);
    void session_removed(Session& session, Removal why, Message const* message) override;
    void leave(Session const& session, std::string const& room);
    bool can_be_told(std::string const& room);
    void tell_members(std::string const& room, Members const& members);

    std::map<std::string, Members, std::less<>> rooms_; ///< by name, without `/chat/`
    std::unordered_map<std::string, std::vector<std::string>> rooms_of_; ///< by session id
};

} // namespace bayeux::services
