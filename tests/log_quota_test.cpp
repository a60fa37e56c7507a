#include "server/log_quota.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;
using namespace bayeux::server;
using namespace std::chrono_literals;

namespace {

constexpr Instant start{1'000'000ms};

void use_up(LogQuota& quota, Instant now)
{
    for (std::size_t line = 1; line < LogQuota::lines; ++line)
        BOOST_REQUIRE(quota.take(now) == LogQuota::Verdict::log);
    BOOST_REQUIRE(quota.take(now) == LogQuota::Verdict::log_as_last);
}

} // namespace

BOOST_AUTO_TEST_CASE(lines_beyond_the_quota_are_dropped)
{
    LogQuota quota;
    use_up(quota, start);
    for (int line = 0; line < 1'000; ++line)
        BOOST_REQUIRE((quota.take(start + 59'999ms) == LogQuota::Verdict::drop));
}

BOOST_AUTO_TEST_CASE(the_quota_is_there_again_a_minute_after_its_first_line)
{
    LogQuota quota;
    BOOST_TEST((quota.take(start) == LogQuota::Verdict::log));
    for (std::size_t line = 0; line < 2 * LogQuota::lines; ++line)
        quota.take(start + 30s);
    BOOST_TEST((quota.take(start + 59'999ms) == LogQuota::Verdict::drop));
    use_up(quota, start + 60s);
}
