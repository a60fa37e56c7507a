#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/crowd.hpp"
#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/scenarios.hpp"
#include "server/printable.hpp"

namespace bayeux::cli {
namespace {

/// Each client asks, and again when it has got its answer back.
class Echoes final : public Crowd::Listener {
public:
    explicit Echoes(Bench& bench)
        : bench_(bench),
          padding_(bench.options.size, 'x'),
          asked_(bench.options.clients),
          echoed_(bench.options.clients)
    {}

    void ask(Client& client)
    {
        auto& asked = asked_[client.index()];
        Outgoing const question{bench_.options.channel, {0, client.index(), ++asked, now(), 0}};
        client.publish({&question, 1}, padding_);
    }

    void stop() { stopped_ = true; }

    void delivered(Client& client, Marker const& marker) override
    {
        auto& echoed = echoed_[client.index()];
        if (marker.publisher != client.index() || marker.number != echoed + 1) {
            throw Failure("an echo came twice, out of order, or to another client");
        }
        ++echoed;
        latency.record(bench_.loop.time() - marker.due);
        if (bench_.options.transport == TransportType::websocket && !stopped_) {
            ask(client);
        }
    }

    void answered(Client& client) override
    {
        if (echoed_[client.index()] != asked_[client.index()]) {
            throw Failure("nothing is sent back on " + server::printable(bench_.options.channel));
        }
        if (!stopped_) {
            ask(client);
        }
    }

    Histogram latency;

private:
    Bench& bench_;
    std::string padding_;
    std::vector<std::uint64_t> asked_;
    std::vector<std::uint64_t> echoed_;
    bool stopped_ = false;
};

} // namespace

bool run_echo(Bench& bench, Report& report)
{
    auto const& options = bench.options;
    Echoes echoes(bench);
    Crowd background(bench, echoes);
    for (std::uint32_t i = 0; i < options.background; ++i) {
        background.add(Client::Poll::held, {0});
    }
    background.come_in();
    Crowd crowd(bench, echoes);
    for (std::uint32_t i = 0; i < options.clients; ++i) {
        // Whoever asks all the time over long-polling needs no poll to be remembered.
        crowd.add(
            options.transport == TransportType::websocket ? Client::Poll::held : Client::Poll::none,
            {});
    }
    crowd.come_in();
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        echoes.ask(crowd[i]);
    }
    report.add("clients", std::int64_t{options.clients});
    report.add("background", std::int64_t{options.background});
    report.add("size", std::int64_t{options.size});
    measure_closed_loop(bench, echoes.latency, "echoes", report);
    echoes.stop();
    if (echoes.latency.count() == 0) {
        throw Failure("nothing is sent back on " + server::printable(options.channel));
    }
    report_memory(report, bench.server);
    return true;
}

} // namespace bayeux::cli
