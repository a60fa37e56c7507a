#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/http_connection.hpp"
#include "server/cli/bench/scenarios.hpp"
#include "server/printable.hpp"

#include <memory>
#include <vector>

namespace bayeux::cli {
namespace {

/// Connections that ask for the same again and again.
class Readers final : public HttpConnection::Owner {
public:
    explicit Readers(Bench& bench)
        : bench_(bench),
          request_("GET " + bench.network.path() +
                   " HTTP/1.1\r\nHost: " + bench.network.authority() + "\r\n\r\n")
    {}

    void start()
    {
        for (std::uint32_t i = 0; i < bench_.options.concurrency; ++i) {
            auto& reader = readers_.emplace_back(std::make_unique<Reader>(bench_, *this));
            ask(*reader);
        }
    }

    Histogram latency;
    std::size_t size = 0; // of the last body

private:
    struct Reader final : HttpConnection {
        Reader(Bench& bench, Readers& readers) : HttpConnection(bench.network, readers) {}
        Time asked = 0;
    };

    void ask(Reader& reader)
    {
        reader.asked = now();
        reader.request(request_);
    }

    void answered(HttpConnection& connection, HttpAnswer const& answer) override
    {
        if (answer.status != 200) {
            auto const line = answer.head.substr(0, answer.head.find('\r'));
            throw Failure("the server answered: " + server::printable(line));
        }
        size = answer.body.size();
        auto& reader = static_cast<Reader&>(connection);
        latency.record(bench_.loop.time() - reader.asked);
        ask(reader);
    }

    Bench& bench_;
    std::string request_;
    std::vector<std::unique_ptr<Reader>> readers_;
};

} // namespace

bool run_static(Bench& bench, Report& report)
{
    Readers readers(bench);
    readers.start();
    report.add("concurrency", std::int64_t{bench.options.concurrency});
    measure_closed_loop(bench, readers.latency, "requests", report);
    report.add("size", static_cast<std::int64_t>(readers.size));
    return readers.latency.count() > 0;
}

} // namespace bayeux::cli
