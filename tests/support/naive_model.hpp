#pragma once

#include "bayeux/options.hpp"
#include "bayeux/time.hpp"
#include "tests/support/plain_message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::testing {

/// What the Bayeux server does, written down a second time and as simply as possible: lists,
/// linear search, nothing kept that can be worked out. The engine is compared with it.
///
/// It has no extensions and the default security policy. Services are one, see serve().
class NaiveModel {
public:
    using Origin = std::uint64_t;

    struct Answer {
        Instant at{};
        int status = 200;
        bool sets_cookie = false;
        std::string client_id{}; ///< whose messages these are; empty without messages
        std::vector<std::string> messages{};
        std::string first{};                ///< handshake reply, or empty
        std::vector<std::string> replies{}; ///< the others

        std::string body() const;
    };

    /// What a granted handshake gives out, since the model cannot guess the engine's random ids.
    struct Names {
        std::string client_id;
        std::string browser_id;
    };

    NaiveModel(EngineOptions options, Instant now);

    void receive(Origin origin, std::string const& browser_id,
        std::vector<PlainMessage> const& batch, Names const& names);
    void connection_lost(Origin origin);
    void undelivered(std::string const& client_id, std::vector<std::string> const& messages);
    // What services do; inside a turn.
    void server_publish(std::string const& channel, std::string const& data);
    void server_deliver(
        std::string const& client_id, std::string const& channel, std::string const& data);
    void server_disconnect(std::string const& client_id);
    /// The frame around everything: what `work` asked for is done, held connects are answered.
    void turn(std::function<void()> const& work);
    /// Lets time pass up to `until`, from event to event.
    void pass(Instant until);

    /// Grows; the driver takes them out.
    std::map<Origin, Answer> answers;

    std::size_t session_count() const { return sessions_.size(); }
    std::size_t channel_count() const { return channels_.size(); }
    std::size_t held_count() const;
    Instant now() const { return now_; }

private:
    struct Held {
        Origin origin;
        std::optional<std::string> id;
        std::optional<Duration> interval; ///< announced by the client
        bool advised;
        std::string browser_id; ///< empty: not counted
        Instant until;
    };
    enum class Life { alive, disconnected, expired, full };
    struct Session {
        Names names;
        bool bound = false;         ///< to the browser_id
        bool cookie_is_new = false; ///< the handshake set it
        bool connected = false;
        bool leaving = false;   ///< a service has asked for its end
        bool overflown = false; ///< its queue was full
        bool advice_due = false;
        Life life = Life::alive;
        std::vector<std::string> subscriptions;
        std::vector<std::string> queue;
        std::optional<Held> held;
        std::optional<Instant> expiry;
        std::optional<Duration> timeout;
        std::optional<Duration> interval;
    };
    struct Channel {
        std::string name;
        bool kept; ///< the server's own: never swept
        Instant last_used;
    };
    struct Exchange {
        Origin origin;
        std::string const& browser_id;
        std::vector<PlainMessage> const& batch;
        Names const& names;
        std::size_t at = 0;
        Session* session = nullptr;
        bool drains = false;
        bool holds = false;
        std::optional<Duration> connect_interval{};
        Answer answer{};
    };

    void do_later();
    void work_on(Exchange& x, PlainReply& reply);
    void handshake(Exchange& x, PlainReply& reply);
    void connect(Exchange& x, PlainReply& reply);
    void subscribe(Session& session, PlainMessage const& message, PlainReply& reply);
    void unsubscribe(Session& session, PlainMessage const& message, PlainReply& reply);
    void serve(Session& session, std::string const& channel, PlainMessage const& message);
    void broadcast(Session const* from, std::string const& channel, std::string const& json);
    void deliver(Session& session, std::string const& json);
    void answer_held(Session& session, PlainReply const& reply);
    void end_hold(Session& session);
    void remove(Session& session, Life life, std::string_view why);
    void ask_disconnect(Session& session);

    bool valid(std::string_view channel) const;
    Session* find(std::string_view client_id);
    Session* session_of(std::string_view client_id, std::string const& browser_id);
    Channel* channel(std::string_view name);
    Channel& use(std::string const& name);
    std::optional<Instant> end_of(Session const& session) const;
    std::optional<Instant> end_of(Channel const& channel) const;
    void expire_after(Session& session, Duration interval);
    Duration timeout_of(Session const& session) const;
    Duration interval_of(Session const& session) const;
    std::string retry_advice(Session const& session, Duration interval) const;

    EngineOptions options_;
    Instant now_;
    std::list<Session> sessions_;
    std::list<Session> gone_; ///< in this turn
    std::vector<Channel> channels_;
    std::deque<std::function<void()>> later_;
    Session const* in_work_ = nullptr; ///< whose batch is being worked on
};

} // namespace bayeux::testing
