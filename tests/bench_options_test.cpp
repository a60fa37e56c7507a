// The command line of bayeux: what it takes, refuses and tells; bayeux(1) tells the same.

#include "server/cli/bench/options.hpp"
#include "server/cli/bench/scenarios.hpp"
#include "server/cli/program.hpp"
#include "tests/support/documented_options.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace bayeux::cli {
namespace {

using namespace bayeux::testing;

BenchOptions accepted(std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"fanout", "http://127.0.0.1:8080/cometd"});
    return parse_bench_options(arguments);
}

void check_refused(std::vector<std::string> const& arguments, std::string const& why)
{
    BOOST_CHECK_EXCEPTION(parse_bench_options(arguments), BadUsage,
        [&](BadUsage const& bad) { return bad.what() == why; });
}

BOOST_AUTO_TEST_SUITE(bench_options)

BOOST_AUTO_TEST_CASE(options_have_their_values)
{
    auto const options =
        accepted({"--transport", "websocket", "--clients=19000", "--rate", "0.5", "--duration",
            "1.5", "--server-pid", "12", "--server-pid", "13", "--source", "127.0.0.9", "--json"});
    BOOST_TEST(options.scenario == "fanout");
    BOOST_TEST(options.url.host == "127.0.0.1");
    BOOST_TEST(options.url.port == 8080);
    BOOST_TEST(options.url.path == "/cometd");
    BOOST_TEST((options.transport == TransportType::websocket));
    BOOST_TEST(options.clients == 19000U);
    BOOST_TEST(options.rate == 0.5);
    BOOST_TEST(options.duration == 1500 * millisecond);
    BOOST_TEST(
        options.server_pids == (std::vector<pid_t>{12, 13}), boost::test_tools::per_element());
    BOOST_TEST(options.sources.size() == 1U);
    BOOST_TEST(options.json);
}

BOOST_AUTO_TEST_CASE(the_scheme_ws_asks_for_websocket)
{
    auto const options = parse_bench_options({"idle", "ws://example"});
    BOOST_TEST((options.transport == TransportType::websocket));
    BOOST_TEST(options.url.authority() == "example:80");
    BOOST_TEST(options.url.path == "/");
}

BOOST_AUTO_TEST_CASE(few_clients_echo_unless_told)
{
    BOOST_TEST(parse_bench_options({"echo", "http://x"}).clients == 10U);
    BOOST_TEST(parse_bench_options({"echo", "http://x", "--clients", "1000"}).clients == 1000U);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told)
{
    std::string const url = "http://127.0.0.1/";
    check_refused({}, "bench needs a scenario and a URL, see bayeux bench --help");
    check_refused({"dance", url}, "unknown scenario dance");
    check_refused({"idle", "ftp://x"}, "URL ftp://x: must begin with http:// or ws://");
    check_refused({"idle", "http://x:0"}, "URL http://x:0: has no valid port");
    check_refused({"idle", "http://:1"}, "URL http://:1: has no host");
    check_refused({"idle", url, "--clients", "0"}, "--clients must be 1 to 1000000000");
    check_refused({"idle", url, "--rate", "-1"}, "--rate must be 0.001 to 1000000000");
    check_refused(
        {"idle", url, "--transport", "x"}, "--transport must be long-polling or websocket");
    check_refused(
        {"idle", url, "--rooms", "5"}, "--rooms-per-client must not be more than --rooms");
    check_refused({"idle", url, "--protocol", "nchan"}, "--protocol nchan needs --publish-url");
    check_refused(
        {"echo", url, "--protocol", "nchan"}, "--protocol nchan is for idle, fanout and saturate");
    check_refused({"idle", url, "--client", "5"}, "unrecognised option '--client'");
}

BOOST_AUTO_TEST_CASE(the_program_ends_with_the_status_that_the_manual_tells)
{
    BOOST_TEST(run_program({"--version"}) == 0);
    BOOST_TEST(run_program({"--help"}) == 0);
    BOOST_TEST(run_program({"bench", "--help"}) == 0);
    BOOST_TEST(run_program({}) == 2);
    BOOST_TEST(run_program({"dance"}) == 2);
    BOOST_TEST(run_program({"bench"}) == 2);
    BOOST_TEST(
        run_program({"bench", "idle", "http://127.0.0.1", "--server-pid", "1999999999"}) == 1);
}

BOOST_AUTO_TEST_CASE(the_manual_has_all_options_with_their_defaults)
{
    auto const page = manual_text("bayeux.1");
    auto const begin = page.find("\n.Ss Options\n");
    auto const end = page.find("\n.Ss Results\n");
    BOOST_REQUIRE(begin < end);
    check_equal(options_of_manual(page.substr(begin, end - begin), {"help", "json"}),
        options_of_help(bench_help()));
}

BOOST_AUTO_TEST_CASE(the_manual_has_all_scenarios)
{
    auto const page = manual_text("bayeux.1");
    for (auto const& scenario : scenarios()) {
        BOOST_TEST(page.find("\n.It Cm " + std::string(scenario.name) + '\n') != std::string::npos,
            scenario.name << " is not in the manual");
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::cli
