#include "server/cli/bench/bayeux_client.hpp"
#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/scenarios.hpp"

#include <memory>
#include <vector>

namespace bayeux::cli {
namespace {

/// Clients that come, again and again. They do not say good-bye, as pages that are closed do not:
/// the server has to keep each session until it expires.
class Comers final : public Client::Owner {
public:
    explicit Comers(Bench& bench) : bench_(bench)
    {
        for (std::uint32_t i = 0; i < bench.options.concurrency; ++i) {
            clients_.push_back(
                std::make_unique<BayeuxClient>(bench.network, bench.options.transport, *this, i,
                    Client::Poll::none, std::vector<std::uint32_t>()));
        }
        began_.resize(clients_.size());
    }

    void start()
    {
        for (auto const& client : clients_) {
            start(*client);
        }
    }

    Histogram latency;

private:
    void start(Client& client)
    {
        began_[client.index()] = now();
        client.start();
    }

    void ready(Client& client) override
    {
        latency.record(bench_.loop.time() - began_[client.index()]);
        clients_[client.index()]->close();
        start(client);
    }
    void delivered(Client& /*client*/, Marker const& /*marker*/) override {}
    void answered(Client& /*client*/) override {}

    Bench& bench_;
    std::vector<std::unique_ptr<BayeuxClient>> clients_;
    std::vector<Time> began_;
};

} // namespace

bool run_handshake(Bench& bench, Report& report)
{
    Comers comers(bench);
    comers.start();
    report.add("concurrency", std::int64_t{bench.options.concurrency});
    measure_closed_loop(bench, comers.latency, "handshakes", report);
    report_memory(report, bench.server);
    return comers.latency.count() > 0;
}

} // namespace bayeux::cli
