#pragma once

#include "bayeux/service.hpp"
#include "bayeux/service_type.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace bayeux::services {

/// Who is on a channel. Clients that are subscribed to one, /chat/demo say, tell /service/presence
/// under which name, and may add a state of theirs, any JSON:
///
///     {channel: "/chat/demo", user: "ann"[, state: "away"]}
///
/// The same again changes the state. Whoever subscribes to /presence/chat/demo gets there alone
///
///     {event: "list", users: [{user: "ann"[, state: "away"]}, ...]}
///
/// and from then on with everybody else
///
///     {event: "join" | "state", user: "ann"[, state: "away"]}
///     {event: "leave", user: "ann"}
///
/// A user leaves by unsubscribing from the channel or by the end of the session, for whatever
/// reason. One who is there with several sessions (tabs, devices) is listed once, with the latest
/// state, and leaves with the last of them. Who is back before the grace period is over, as a page
/// that is loaded again, has not left.
///
/// Names are believed: an authorizer or listener of /service/presence may know better. Whoever
/// subscribes to /** sees the changes too.
class Presence : public BayeuxService {
public:
    static constexpr std::size_t max_channels = 100; ///< of one session
    static constexpr std::size_t max_users = 1'000;  ///< of one channel
    static constexpr std::size_t max_channel = 200;  ///< bytes
    static constexpr std::size_t max_user = 64;      ///< bytes
    static constexpr std::size_t max_state = 1'000;  ///< bytes of JSON

    struct Options {
        Duration grace{3'000};
        static void describe(OptionTable<Options>& table);
    };

    Presence(ServiceContext& context, Options options);

private:
    struct User {
        boost::json::value state;
        std::set<std::string> sessions; ///< ids
        Timer leaving;                  ///< runs when there is no session any more
    };
    using Users = std::map<std::string, User, std::less<>>;

    void is_present(Session& from, Message const& message);
    void list(Session& to, Channel& channel);
    void unsubscribed_from(Session& session, Channel& channel);
    void leave(std::string const& channel, std::string const& user);
    void tell(std::string const& channel, std::string_view event, boost::json::object user);

    Options options_;
    std::map<std::string, Users, std::less<>> channels_;
};

} // namespace bayeux::services
