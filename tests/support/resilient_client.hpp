#pragma once

#include "bayeux/outbox.hpp"
#include "bayeux/time.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::testing {

class FaultWorld;

/// A client that does not give up: it keeps a connect in the server, tries again whatever breaks,
/// shakes hands anew when it is told to, and then subscribes again to what it wants. What it is
/// asked to do before it has a session waits until it has one. Publishing is not tried again: when
/// its answer does not come nobody knows what became of it.
class ResilientClient {
public:
    enum class Way { long_polling, websocket, eventsource };
    enum class Acknowledges : bool { no, yes };

    /// `cookie` is the browser's, which several may share.
    ResilientClient(
        FaultWorld& world, int number, Way way, Acknowledges acknowledges, std::string& cookie);

    // What its user does
    void start();
    void subscribe(std::string const& channel);
    void unsubscribe(std::string const& channel);
    /// In one request; their numbers are the world's.
    void publish(std::string const& channel, int count = 1);
    void call(std::string const& target);
    void change_way(Way way) { way_ = way; }
    void disconnect();
    /// Its page is closed: it says nothing any more.
    void vanish();
    /// A second connect beside the one that is held.
    void connect_twice();
    bool has_connect() const;

    // What the network does
    void arrived(Reply const& reply);
    void broke(Origin connection);
    void time_passed();
    /// When it wants to do something by itself.
    std::optional<Instant> next_wish() const;

    int number() const { return number_; }
    std::string const& session() const { return id_; }
    bool acknowledges() const { return acknowledges_; }
    bool gone() const { return gone_; }
    /// How many of its sessions have ended although it did not want that.
    int sessions_lost() const { return sessions_lost_; }
    std::string const& cookie() const { return cookie_; }
    /// How many answers have come to each call, by its name.
    std::map<std::string, int> const& calls() const { return calls_; }

private:
    struct Sent {
        std::string channel;
        Origin on;
        std::string subscription = {};
        std::vector<long> publications = {};
        bool is_call = false;
    };

    void send(std::string_view channel, Sent sent, std::string const& more);
    Origin connection();
    void when_ready(std::function<void()> act);
    void send_subscribe(std::string const& channel);
    void connect();
    void connect_after(Duration delay);
    void shake_hands_after(Duration delay);
    void handle(boost::json::object const& message);
    void handle_handshake(boost::json::object const& reply);
    void handle_connect(boost::json::object const& reply);
    void failed(Sent const& sent);

    FaultWorld& world_;
    int number_;
    Way way_;
    bool acknowledges_;
    std::string& cookie_;

    std::string id_;
    long batch_ = 0; ///< the last that came
    int last_id_ = 0;
    Duration interval_{0};
    std::map<std::string, Sent> outstanding_; ///< by message id
    std::set<std::string> wanted_;            ///< channels
    std::vector<std::function<void()>> waiting_;
    std::map<std::string, int> calls_;
    Origin socket_;
    Origin stream_;
    std::optional<Instant> connect_at_;
    std::optional<Instant> handshake_at_;
    int sessions_lost_ = 0;
    bool gone_ = false;
};

} // namespace bayeux::testing
