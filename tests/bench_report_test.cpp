// Figures of `bayeux bench`, from counting to printing.

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/histogram.hpp"
#include "server/cli/bench/report.hpp"
#include "server/cli/bench/server_probe.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

namespace bayeux::cli {
namespace {

BOOST_AUTO_TEST_SUITE(bench_report)

BOOST_AUTO_TEST_CASE(percentiles_are_exact_to_two_percent)
{
    Histogram histogram;
    for (Time i = 1; i <= 1'000'000; ++i) {
        histogram.record(i * 1000);
    }
    for (auto const share : {0.01, 0.5, 0.9, 0.99, 0.999}) {
        auto const exact = share * 1e9;
        auto const found = static_cast<double>(histogram.percentile(share));
        BOOST_TEST(found >= exact);
        BOOST_TEST(found <= exact * 1.016);
    }
    BOOST_TEST(histogram.max() == 1'000'000'000);
    BOOST_TEST(histogram.percentile(1) == histogram.max());
    BOOST_TEST(histogram.count() == 1'000'000U);
}

BOOST_AUTO_TEST_CASE(durations_of_all_sizes_have_a_place)
{
    Histogram histogram;
    BOOST_TEST(histogram.percentile(0.5) == 0);
    for (Time const duration : {Time(-5), Time(0), Time(63), Time(64), 3600 * second}) {
        histogram.record(duration);
    }
    BOOST_TEST(histogram.percentile(0.1) == 0);
    BOOST_TEST(histogram.percentile(0.6) == 63);
    BOOST_TEST(histogram.max() == 60 * second);
    histogram.clear();
    BOOST_TEST(histogram.count() == 0U);
}

BOOST_AUTO_TEST_CASE(a_report_is_json_or_a_table)
{
    Report row;
    row.add("clients", std::int64_t{5});
    row.add("ok", true);
    Report report;
    report.add("name", std::string("a \"b\""));
    report.add("per_s", 1234.56);
    report.add("share", 0.5);
    report.add("marks", std::vector<Report>{row, row});
    BOOST_TEST(report.json() == R"({"name":"a \"b\"","per_s":1235,"share":0.5000,)"
                                R"("marks":[{"clients":5,"ok":true},{"clients":5,"ok":true}]})");
    BOOST_TEST(report.table() == "name   a \"b\"\nper s  1235\nshare  0.5000\n"
                                 "marks:\n  clients 5, ok true\n  clients 5, ok true\n");
}

BOOST_AUTO_TEST_CASE(the_probe_sums_up_processes)
{
    ServerProbe const once({getpid()});
    ServerProbe const twice({getpid(), getpid()});
    BOOST_TEST(once.cpu() > 0);
    BOOST_TEST(twice.cpu() >= 2 * once.cpu() / 2);
    BOOST_TEST(once.rss_kb() > 1000);
    BOOST_TEST(twice.rss_kb() > once.rss_kb() * 3 / 2);
    BOOST_TEST(once.pss_kb().value_or(1) > 0);
    BOOST_CHECK_THROW(ServerProbe({1'999'999'999}), Failure);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::cli
