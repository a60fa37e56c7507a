#pragma once

#include "bayeux/delivery_listener.hpp"
#include "bayeux/service.hpp"
#include "bayeux/service_type.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace bayeux::services {

/// Who subscribes to what, for pages that show it. Whoever subscribes to /monitor/sessions or to
/// /monitor/channels gets a list there alone, and from then on with everybody else what has
/// changed, once in a period however much has happened:
///
///     {event: "list", rows: [...], total: 2}
///     {event: "change", rows: [...], gone: [...]}
///
/// The rows of sessions and channels, of which `session` and `channel` stand in `gone`:
///
///     {session: 7, peer: "192.0.2.1:50112", transport: "websocket",
///      subscriptions: ["/chat/demo"], count: 1}
///     {channel: "/chat/demo", subscribers: 3}
///
/// A session is shown under a number, since its id would let others use it. Channels without
/// subscribers do not stand here. Lists have 500 rows at most, and where more than these have
/// changed in one period a list is sent instead. Peers and the names of channels may be nobody's
/// business: give /monitor/** an authorizer where not everybody may see them, and /** too, whose
/// subscribers get the changes.
class Monitor : public BayeuxService, private DeliveryListener {
public:
    static constexpr std::size_t max_rows = 500;
    static constexpr std::size_t max_subscriptions = 20; ///< named in a row

    struct Options {
        Duration period{1'000};
        static void describe(OptionTable<Options>& table);
    };

    Monitor(ServiceContext& context, Options options);

private:
    void session_added(Session& session, Message const& handshake) override;
    void session_removed(Session& session, Removal why, Message const* message) override;
    void held(Session& session, Duration timeout) override;
    void subscribed(Session& session, Channel& channel, Message const* message) override;
    void unsubscribed(Session& session, Channel& channel, Message const* message) override;

    void show(Session& to, Channel& channel);
    bool is_watched();
    void tell_changes();
    void session_changes(Session const& session);
    void channel_changes(Channel const& channel);
    std::uint64_t number_of(Session& session);
    boost::json::object row_of(Session& session);
    boost::json::object list_of_sessions();
    boost::json::object list_of_channels();
    boost::json::object changes_of_sessions();
    boost::json::object changes_of_channels();

    Duration period_;
    std::uint64_t last_number_ = 0;
    std::set<std::string> changed_sessions_; ///< ids
    std::set<std::uint64_t> gone_sessions_;
    std::set<std::string> changed_channels_; ///< perhaps gone
    Timer timer_;                            ///< runs while somebody watches
};

} // namespace bayeux::services
