#pragma once

#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/crowd.hpp"
#include "server/cli/bench/ledger.hpp"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace bayeux::cli {

/// How messages are published.
struct Pace {
    double rate = 0;         ///< messages a second
    std::uint32_t batch = 1; ///< messages in a request
    Time warm_up = 0;        ///< before what is measured
    Time duration = 0;
};

/// Publishers and subscribers: publishes at a pace that the server does not set, proves that all
/// has come, and measures how long it took. A message counts from when it was due, so that one that
/// had to wait in the generator for an answer of the server is not faster than it was.
class Traffic final : private Crowd::Listener {
public:
    explicit Traffic(Bench& bench);

    /// Who takes turns publishing need not be subscribed. Before come_in().
    Client& add(std::vector<std::uint32_t> rooms, bool publishes);
    void come_in();

    /// Publishes, waits until all has come, and measures. May be called again.
    /// @return whether nothing was lost, doubled or out of order so far
    bool run(Pace const& pace);

    /// Of the last run.
    void report(Report& report) const;
    Time latency(double share) const { return latency_.percentile(share); }
    bool generator_was_busy() const;

private:
    struct Publisher {
        Client* client;
        std::vector<Time> due; // batches that wait for an answer to the last one
    };

    struct Room {
        std::uint32_t number;
        std::string channel;
    };

    void delivered(Client& client, Marker const& marker) override;
    void answered(Client& client) override;
    void publish_what_is_due();
    void flush(Publisher& publisher);
    Room const& any_room();
    Time due(std::uint64_t batch) const;
    void wait_for_all();
    char const* bottleneck() const;

    Bench& bench_;
    Crowd crowd_;
    Ledger ledger_;
    std::vector<Publisher> publishers_;
    std::vector<std::uint32_t> publisher_of_client_; // its place above
    std::vector<Room> rooms_;                        // that have members
    std::vector<Outgoing> outgoing_;                 // while they are published
    std::minstd_rand chance_;
    std::string padding_;

    // Of the last run:
    Pace pace_;
    Time begin_ = 0;
    Time measured_from_ = 0;
    Time end_ = 0;
    std::uint64_t batches_due_ = 0;
    std::uint64_t batches_unsent_ = 0;
    std::uint64_t published_ = 0; // measured, as the next ones
    std::uint64_t deliveries_ = 0;
    Time late_ = 0;   // the longest that a batch was due and the generator did something else
    Time waited_ = 0; // the longest that a batch waited for answers of the server
    Histogram latency_;
    Histogram server_latency_; // from when it was sent until it was back on this machine
    std::optional<Meter> meter_;
};

} // namespace bayeux::cli
