// Each scenario of `bayeux bench`, with few clients and for a moment, against a real server; and
// against one that loses and doubles messages, since a proof that cannot fail is none.

#include "bayeux/extension.hpp"
#include "bayeux/service.hpp"
#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/failure.hpp"
#include "services/echo.hpp"
#include "tests/support/documented_options.hpp"
#include "tests/support/running_server.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

namespace bayeux::cli {
namespace {

using namespace bayeux::testing;

server::Options server_options()
{
    auto options = with_io_threads(0);
    options.www = MAN_DIR;
    return options;
}

/// Few clients for a moment.
BenchOptions brief(std::string const& scenario, std::string const& transport,
    RunningServer const& server, std::string const& path = "/cometd")
{
    auto options = parse_bench_options(
        {scenario, "http://127.0.0.1:" + std::to_string(server.port()) + path, "--transport",
            transport, "--clients", "20", "--concurrency", "5", "--mark", "10", "--background", "3",
            "--rate", "200", "--rooms", "4", "--rooms-per-client", "2", "--duration", "0.1",
            "--warm-up", "0.02", "--limit", "0.001", "--server-pid", std::to_string(getpid())});
    options.patience = 200 * millisecond;
    return options;
}

/// What is printed as JSON, of which the manual explains every name.
boost::json::object documented(Report const& report)
{
    auto const results = boost::json::parse(report.json()).as_object();
    auto const page = manual_text("bayeux.1");
    for (auto const& [name, value] : results) {
        BOOST_TEST(page.find(' ' + std::string(name)) != std::string::npos, name);
    }
    return results;
}

void check_nothing_lost(boost::json::object const& results)
{
    for (auto const* const name : {"lost", "doubled", "out_of_order", "unexpected"}) {
        BOOST_TEST(results.at(name) == 0, name);
    }
}

/// Drops, doubles or swaps some of what goes to a session.
class Thief final : public Extension {
public:
    enum class Deed { lose, repeat, reverse };
    explicit Thief(Deed deed) : deed_(deed) {}

private:
    Verdict delivering(Session& /*to*/, FrozenMessage& message) override
    {
        if (!message->channel.starts_with("/bench/")) {
            return Verdict::keep;
        }
        ++count_;
        if (count_ == 2) {
            kept_ = message;
            return deed_ == Deed::repeat ? Verdict::keep : Verdict::drop;
        }
        if (count_ == 4 && deed_ != Deed::lose) {
            message = kept_; // instead of what should come
        }
        return Verdict::keep;
    }

    Deed deed_;
    unsigned count_ = 0;
    FrozenMessage kept_;
};

class Gang final : public BayeuxService {
public:
    Gang(ServiceContext& context, Thief::Deed deed) : BayeuxService(context, "gang"), deed_(deed) {}

private:
    void session_added(Session& session, Message const& /*handshake*/) override
    {
        if (!std::exchange(came_, true)) { // the victim is the first to come
            session.add_extension(std::make_shared<Thief>(deed_));
        }
    }

    Thief::Deed deed_;
    bool came_ = false;
};

boost::json::object robbed(Thief::Deed deed)
{
    RunningServer const server(server_options(),
        [&](Engine& engine) { engine.install(std::make_unique<Gang>(engine.context(), deed)); });
    Report report;
    BOOST_TEST(!measure(brief("fanout", "long-polling", server), report));
    return documented(report);
}

/// One channel of nginx's module nchan, over long-polling.
class Nchan final : public BayeuxService {
public:
    explicit Nchan(ServiceContext& context) : BayeuxService(context, "nchan")
    {
        on_request("/sub", &Nchan::listen);
        on_request("/pub", &Nchan::publish);
    }

private:
    void listen(WebRequest request)
    {
        auto const position = request.head().header("If-None-Match");
        auto const next = position.empty() ? messages_.size() : std::stoul(std::string(position));
        if (next < messages_.size()) {
            request.answer(message(next));
        } else {
            held_.push_back(request);
        }
    }

    void publish(WebRequest request)
    {
        messages_.push_back(request.body());
        for (auto const& listener : std::exchange(held_, {})) {
            listener.answer(message(messages_.size() - 1));
        }
        request.answer(WebReply::text(202, "queued"));
    }

    WebReply message(std::size_t number) const
    {
        return {200, {{"ETag", std::to_string(number + 1)}, {"Last-Modified", "today"}},
            messages_[number]};
    }

    std::vector<std::string> messages_;
    std::vector<WebRequest> held_;
};

auto const transports = boost::unit_test::data::make<std::string>({"long-polling", "websocket"});

BOOST_AUTO_TEST_SUITE(bench_scenarios)

BOOST_DATA_TEST_CASE(fanout_loses_nothing, transports, transport)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_TEST(measure(brief("fanout", transport, server), report));
    auto const results = documented(report);
    check_nothing_lost(results);
    BOOST_TEST(results.at("published") == 20);
    BOOST_TEST(results.at("deliveries") == 400);
}

BOOST_DATA_TEST_CASE(rooms_lose_nothing, transports, transport)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_TEST(measure(brief("rooms", transport, server), report));
    auto const results = documented(report);
    check_nothing_lost(results);
    BOOST_TEST(results.at("published") == 20);
    BOOST_TEST(results.at("deliveries").as_int64() > 20);
}

BOOST_DATA_TEST_CASE(saturate_ends, transports, transport)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_TEST(measure(brief("saturate", transport, server), report));
    auto const results = documented(report);
    BOOST_TEST(results.at("ended_by").as_string().size() > 0U);
    BOOST_TEST(results.at("steps").as_array().size() == 2U); // the second one is the first again
}

BOOST_DATA_TEST_CASE(echo_counts_what_comes_back, transports, transport)
{
    RunningServer const server(server_options(),
        [](Engine& engine) { engine.install(std::make_unique<services::Echo>(engine.context())); });
    Report report;
    BOOST_TEST(measure(brief("echo", transport, server), report));
    BOOST_TEST(documented(report).at("echoes").as_int64() > 0);
}

BOOST_DATA_TEST_CASE(echo_fails_when_nothing_comes_back, transports, transport)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_CHECK_THROW(measure(brief("echo", transport, server), report), Failure);
}

BOOST_DATA_TEST_CASE(idle_measures_at_its_marks, transports, transport)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_TEST(measure(brief("idle", transport, server), report));
    auto const results = documented(report);
    auto const& marks = results.at("marks").as_array();
    BOOST_REQUIRE(marks.size() == 3U);
    BOOST_TEST(marks[1].at("clients") == 10);
    BOOST_TEST(marks[2].at("clients") == 20);
}

BOOST_DATA_TEST_CASE(handshake_counts_sessions, transports, transport)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_TEST(measure(brief("handshake", transport, server), report));
    BOOST_TEST(documented(report).at("handshakes").as_int64() > 0);
}

BOOST_AUTO_TEST_CASE(static_gets_files)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_TEST(measure(brief("static", "long-polling", server, "/bayeux.1"), report));
    auto const results = documented(report);
    BOOST_TEST(results.at("requests").as_int64() > 0);
    auto const size = std::filesystem::file_size(MAN_DIR "/bayeux.1");
    BOOST_TEST(results.at("size") == size);
}

BOOST_AUTO_TEST_CASE(nchan_is_spoken_too)
{
    RunningServer const server(server_options(),
        [](Engine& engine) { engine.install(std::make_unique<Nchan>(engine.context())); });
    auto options = brief("fanout", "long-polling", server, "/sub");
    options.protocol = Protocol::nchan;
    options.publish_url = options.url;
    options.publish_url.path = "/pub";
    Report report;
    BOOST_TEST(measure(options, report));
    auto const results = documented(report);
    check_nothing_lost(results);
    BOOST_TEST(results.at("deliveries") == 400);
}

BOOST_AUTO_TEST_CASE(a_lost_message_is_found)
{
    auto const results = robbed(Thief::Deed::lose);
    BOOST_TEST(results.at("lost") == 1);
    BOOST_TEST(results.at("doubled") == 0);
}

BOOST_AUTO_TEST_CASE(a_doubled_message_is_found)
{
    auto const results = robbed(Thief::Deed::repeat);
    BOOST_TEST(results.at("lost") == 1);
    BOOST_TEST(results.at("doubled") == 1);
}

BOOST_AUTO_TEST_CASE(a_late_message_is_found)
{
    auto const results = robbed(Thief::Deed::reverse);
    BOOST_TEST(results.at("lost") == 1);
    BOOST_TEST(results.at("out_of_order") == 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_is_none_is_a_failure)
{
    RunningServer const server(server_options());
    Report report;
    BOOST_CHECK_EXCEPTION(measure(brief("fanout", "long-polling", server, "/elsewhere"), report),
        Failure, [](Failure const& failure) {
            return std::string_view(failure.what()).starts_with("the server answered: HTTP/1.1 40");
        });
    BOOST_CHECK_THROW(measure(brief("fanout", "websocket", server, "/elsewhere"), report), Failure);
}

BOOST_AUTO_TEST_CASE(more_clients_than_descriptors_are_refused_at_once)
{
    RunningServer const server(server_options());
    auto options = brief("idle", "long-polling", server);
    options.clients = 100'000'000;
    Report report;
    BOOST_CHECK_THROW(measure(options, report), Failure);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::cli
