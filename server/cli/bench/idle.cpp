#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/crowd.hpp"
#include "server/cli/bench/scenarios.hpp"

namespace bayeux::cli {
namespace {

/// Nothing comes to those who wait.
class Silence final : public Crowd::Listener {
public:
    void delivered(Client& /*client*/, Marker const& /*marker*/) override {}
    void answered(Client& /*client*/) override {}
};

struct Mark {
    std::int64_t clients = 0;
    std::int64_t rss_kb = 0;
    std::optional<std::int64_t> pss_kb;
};

Mark measure(Bench& bench, std::size_t clients)
{
    bench.loop.run_until(now() + 300 * millisecond); // until all polls are held
    return {static_cast<std::int64_t>(clients), bench.server.rss_kb(), bench.server.pss_kb()};
}

double bytes_per_client(std::int64_t from_kb, std::int64_t to_kb, std::int64_t clients)
{
    return static_cast<double>(to_kb - from_kb) * 1024 / static_cast<double>(clients);
}

void report_marks(Report& report, std::vector<Mark> const& marks)
{
    std::vector<Report> rows;
    for (auto const& mark : marks) {
        auto& row = rows.emplace_back();
        row.add("clients", mark.clients);
        row.add("server_rss_kb", mark.rss_kb);
        if (mark.pss_kb) {
            row.add("server_pss_kb", *mark.pss_kb);
        }
    }
    auto const& from = marks[marks.size() - 2];
    auto const& to = marks.back();
    auto const clients = to.clients - from.clients;
    report.add("server_rss_bytes_per_client", bytes_per_client(from.rss_kb, to.rss_kb, clients));
    if (from.pss_kb && to.pss_kb) {
        report.add(
            "server_pss_bytes_per_client", bytes_per_client(*from.pss_kb, *to.pss_kb, clients));
    }
    report.add("marks", std::move(rows));
}

} // namespace

bool run_idle(Bench& bench, Report& report)
{
    auto const& options = bench.options;
    Silence silence;
    Crowd crowd(bench, silence);
    for (std::uint32_t i = 0; i < options.clients; ++i) {
        crowd.add(Client::Poll::held, {0});
    }
    std::vector<Mark> marks{measure(bench, 0)};
    if (options.mark > 0 && options.mark < options.clients) {
        crowd.come_in(options.mark);
        marks.push_back(measure(bench, options.mark));
    }
    auto const begin = now();
    crowd.come_in();
    auto const came_in = options.clients - marks.back().clients;
    auto const took = static_cast<double>(now() - begin) / static_cast<double>(second);
    marks.push_back(measure(bench, crowd.size()));

    Meter meter(bench);
    bench.loop.run_until(now() + options.duration);
    meter.stop();

    report.add("clients", std::int64_t{options.clients});
    report.add("came_in_per_s", static_cast<double>(came_in) / took);
    if (!bench.server.empty()) {
        report_marks(report, marks);
    }
    meter.report(report);
    return true;
}

} // namespace bayeux::cli
