#pragma once

#include "bayeux/engine.hpp"
#include "bayeux/remote_call.hpp"
#include "bayeux/timer.hpp"
#include "tests/support/delivery_promise.hpp"
#include "tests/support/resilient_client.hpp"

#include <boost/json/value.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bayeux::testing {

enum class Fault {
    none,
    connection_lost, ///< both sides notice, answers on their way have not been written
    answer_lost,     ///< the same, but the answers had been written
    request_lost,    ///< the next thing that a client sends does not come
    half_open,       ///< the client goes on on new connections, the server notices a minute later
    connect_twice,   ///< beside the one that is held; of clients that do not acknowledge
    client_vanishes, ///< and does not come back
    slow_reader,     ///< its sockets are full for a second: nothing moves on them
    pause,           ///< nobody runs for eight seconds
    clock_jump,      ///< nobody runs for five minutes
    handler_throws,  ///< from here on each fifth call of a service fails
    restart,         ///< the server shuts down, and another one starts
};

/// Clients, an engine, and a network between them that breaks when it is told to, in virtual time.
/// One call of the engine is one step. Whatever does not hold is thrown as std::runtime_error.
class FaultWorld {
public:
    struct Action {
        std::function<void()> act;
        Duration then_wait{0};
    };
    /// How the engine is called: for each packet, or for all that have come, as io loops do.
    enum class Calls { one_by_one, collected };

    FaultWorld(EngineOptions options, Calls calls);
    ~FaultWorld();
    FaultWorld(FaultWorld const&) = delete;
    FaultWorld& operator=(FaultWorld const&) = delete;

    using Way = ResilientClient::Way;
    using Acknowledges = ResilientClient::Acknowledges;
    ResilientClient& add_client(Way way, Acknowledges acknowledges);
    /// In the same browser as another.
    ResilientClient& add_tab(ResilientClient const& beside, Way way, Acknowledges acknowledges);
    /// An HTTP request for a service.
    void ask_web(std::string const& path);

    /// Does the script, with the fault behind step `fault_after`, then lets the clients go on for a
    /// while. Returns the number of steps.
    int run(std::vector<Action> script, Fault fault, int victim, int fault_after);
    /// All clients can still speak with each other, nothing that was promised is missing, and when
    /// they have gone nothing is left.
    void check_aftermath();

    /// Called in each step, before the engine; for failing allocations.
    std::function<void(int step)> before_step;

    // For clients
    Instant now() const { return now_; }
    Origin new_request(ResilientClient& client);
    Origin new_link(ResilientClient& client);
    void send(ResilientClient& from, Origin on, std::string body);
    void open_stream(ResilientClient& from, Origin stream);
    long next_publication() { return ++last_publication_; }
    DeliveryPromise& promise() { return promise_; }
    void came(ResilientClient& to, boost::json::value const& data);
    void begins(std::string const& session, int client) { owners_[session] = client; }
    void asks_for(std::string const& session, std::string const& channel);
    void is_subscribed(std::string const& session, std::string const& channel);
    void unsubscribes(std::string const& session, std::string const& channel);

    // For the service and the policy
    /// A handler that fails now and then, when it shall.
    void perhaps_throw();
    void ask_later(Pending question);

    std::vector<std::unique_ptr<ResilientClient>> const& clients() const { return clients_; }
    Engine& engine() { return *engine_; }

private:
    struct Packet {
        enum class Kind { batch, stream, web } kind;
        int client; ///< -1: nobody's, for a web request
        Origin on;
        std::string text; ///< the body, the stream's session, or the path
    };
    struct Connection {
        int client;
        bool is_link = false;
        bool reaches_client = true;
        bool server_knows = true; ///< it has not been told that the connection is gone
        bool owed = false;        ///< an answer
    };

    void start_engine();
    bool advance(std::vector<Action>& script);
    template <class Item>
    std::optional<Item> next_of(std::deque<Item>& queue, Origin Item::*on);
    void take_packets(Packet first);
    void take_packet(Packet packet, Outbox& out);
    void note_publications(Packet const& packet);
    void deliver(Reply reply);
    template <class Call>
    void step(Call call);
    void take(Outbox& out);
    void pass();
    void inject(Fault fault, int victim);
    std::vector<Origin> open_connections(int client) const;
    void lose(Origin on, bool was_written);
    void break_connections(int victim, bool was_written);
    void half_open(int victim);
    void slow_reader(int victim);
    void restart();
    void drain();
    void jump(Duration duration);
    void vanish(Reply const& reply);
    void check_numbers() const;

    EngineOptions options_;
    Calls calls_;
    Instant now_{Duration(1'000'000)};
    std::uint64_t random_ = 1;
    std::unique_ptr<Engine> engine_;
    DeliveryPromise promise_;
    std::deque<std::string> cookies_;
    std::vector<std::unique_ptr<ResilientClient>> clients_;
    std::map<std::string, int> owners_; ///< of sessions
    std::map<std::string, std::set<std::string>> asked_for_;
    std::map<std::string, std::set<std::string>> subscribed_; ///< as far as clients know
    std::map<long, std::string> channels_;                    ///< of publications
    std::map<std::uint64_t, Connection> connections_;
    std::deque<Packet> up_;
    std::deque<Reply> down_;
    std::set<std::uint64_t> slow_; ///< connections on which nothing moves
    std::multimap<Instant, std::function<void()>> later_;
    std::uint64_t last_origin_ = 0;
    long last_publication_ = 0;
    int steps_ = 0;
    int calls_of_services_ = 0;
    int throw_each_ = 0; ///< which call of a service fails; 0: none
    int lose_next_of_ = -1;
    Fault fault_ = Fault::none;
    int victim_ = 0;
    int fault_after_ = -1;
    Instant goes_on_{}; ///< the script
    Instant end_{};
    /// Two holds end, what is half-open is found, decisions are no longer waited for.
    Duration recovers_for_{75'000};
};

} // namespace bayeux::testing
