#pragma once

#include "bayeux/outbox.hpp"
#include "tests/support/plain_message.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::testing {

/// Data by which receivers check order: who published, and a number that only grows.
struct Stamp {
    std::size_t publisher;
    std::size_t number;
};
std::string to_json(Stamp stamp);
/// The stamp in a message's JSON, if there is one.
std::optional<Stamp> stamp_in(std::string_view json);

/// Checks deliveries without any model: nobody gets what it cannot have asked for, nobody gets
/// anything after its end, nobody gets a message twice or two of one publisher in the wrong order.
/// What is wrong is thrown as std::runtime_error.
class DeliveryLedger {
public:
    void add_client(std::string const& id) { clients_[id]; }
    /// Before a batch is sent: who subscribes, and who may get what.
    void sent(std::vector<PlainMessage> const& batch);
    /// Whoever is subscribed to `channel`, or the client itself, may get message `number`.
    void may_reach_subscribers(std::size_t number, std::string const& channel);
    void may_reach(std::size_t number, std::string const& client_id);
    void unsubscribed(PlainMessage const& message);
    void died(std::string const& id) { clients_.at(id).dead = true; }

    void arrived(Reply const& reply);
    /// `reply`, which has arrived() before, never came: its messages are expected again.
    void returned(Reply const& reply);

private:
    struct Client {
        std::set<std::string> subscriptions;     ///< all that it may be subscribed to
        std::map<std::size_t, std::size_t> seen; ///< the newest number of each publisher
        bool dead = false;
    };

    std::map<std::string, Client> clients_;
    std::map<std::size_t, std::set<std::string>> receivers_; ///< by message number
};

} // namespace bayeux::testing
