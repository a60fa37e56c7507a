#include "bayeux/detail/timer_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <random>
#include <vector>

using bayeux::Duration;
using bayeux::Instant;
using bayeux::detail::Deadline;
using bayeux::detail::TimerWheel;
using namespace std::chrono_literals;

namespace {

struct Timer : Deadline {
    Timer() : Deadline(Kind::session) {}
};

constexpr Instant start{1'000'000ms};

/// What is due at `now`, in the order of the calls.
std::vector<Deadline*> due(TimerWheel& wheel, Instant now)
{
    std::vector<Deadline*> fired;
    wheel.advance(now, [&](Deadline& deadline) { fired.push_back(&deadline); });
    return fired;
}

/// Goes from one next_deadline() to the next, as the caller of the engine does, until something
/// is due; gives the time of it.
Instant time_of_next(TimerWheel& wheel)
{
    for (int steps = 0; steps < 1000; ++steps) {
        auto const next = wheel.next_deadline();
        BOOST_REQUIRE(next.has_value());
        if (!due(wheel, *next).empty())
            return *next;
    }
    throw std::runtime_error("next_deadline() leads nowhere");
}

} // namespace

BOOST_AUTO_TEST_CASE(a_deadline_is_due_at_its_millisecond_and_not_before)
{
    TimerWheel wheel;
    due(wheel, start);
    Timer timer;
    wheel.arm(timer, start + 30s);
    BOOST_TEST(timer.armed());
    BOOST_TEST(due(wheel, start + 29'999ms).empty());
    BOOST_TEST(timer.armed());
    BOOST_TEST(due(wheel, start + 30s).size() == 1U);
    BOOST_TEST(!timer.armed());
    BOOST_TEST(due(wheel, start + 60s).empty());
}

BOOST_AUTO_TEST_CASE(a_deadline_in_the_past_is_due_at_the_next_millisecond)
{
    TimerWheel wheel;
    due(wheel, start);
    Timer timer;
    wheel.arm(timer, start - 5s);
    BOOST_TEST(due(wheel, start).empty());
    BOOST_TEST(due(wheel, start + 1ms).size() == 1U);
}

BOOST_AUTO_TEST_CASE(deadlines_at_every_distance_are_due_exactly_when_they_should)
{
    for (auto const distance : {1ms, 63ms, 64ms, 65ms, 4'095ms, 4'096ms, 4'097ms, 262'143ms,
             262'144ms, 16'777'216ms, 1'073'741'822ms, 1'073'741'823ms, 1'073'741'824ms,
             Duration(std::chrono::hours(24 * 400))}) {
        for (auto const offset : {0ms, 1ms, 63ms, 4'095ms, 262'143ms}) {
            TimerWheel wheel;
            due(wheel, start + offset);
            Timer timer;
            wheel.arm(timer, start + offset + distance);
            BOOST_TEST((time_of_next(wheel) - start).count() == (offset + distance).count(),
                distance.count() << " from " << offset.count());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_long_jump_fires_everything_in_the_order_of_time)
{
    TimerWheel wheel;
    due(wheel, start);
    Timer soon;
    Timer later;
    Timer latest;
    wheel.arm(latest, start + 20h);
    wheel.arm(soon, start + 5ms);
    wheel.arm(later, start + 2min);
    BOOST_TEST((due(wheel, start + 30h) == std::vector<Deadline*>{&soon, &later, &latest}));
}

BOOST_AUTO_TEST_CASE(a_cancelled_deadline_is_never_due)
{
    TimerWheel wheel;
    Timer timer;
    Timer other;
    wheel.arm(timer, start + 10ms);
    wheel.arm(other, start + 10ms);
    wheel.cancel(timer);
    wheel.cancel(timer);
    BOOST_TEST((due(wheel, start + 1s) == std::vector<Deadline*>{&other}));
}

BOOST_AUTO_TEST_CASE(arming_again_moves_a_deadline)
{
    TimerWheel wheel;
    due(wheel, start);
    Timer timer;
    wheel.arm(timer, start + 10ms);
    wheel.arm(timer, start + 20ms);
    BOOST_TEST(due(wheel, start + 19ms).empty());
    BOOST_TEST(due(wheel, start + 20ms).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_callback_may_cancel_what_is_due_at_the_same_time)
{
    TimerWheel wheel;
    due(wheel, start);
    std::deque<Timer> timers(3);
    for (auto& timer : timers)
        wheel.arm(timer, start + 10ms);
    int fired = 0;
    wheel.advance(start + 10ms, [&](Deadline&) {
        ++fired;
        for (auto& timer : timers)
            wheel.cancel(timer);
    });
    BOOST_TEST(fired == 1);
    BOOST_TEST(due(wheel, start + 1h).empty());
}

BOOST_AUTO_TEST_CASE(a_callback_may_arm_the_same_deadline_again)
{
    TimerWheel wheel;
    due(wheel, start);
    Timer timer;
    wheel.arm(timer, start + 10ms);
    int fired = 0;
    wheel.advance(start + 100ms, [&](Deadline& deadline) {
        ++fired;
        BOOST_TEST(!deadline.armed());
        wheel.arm(deadline, start + (fired + 1) * 10ms);
    });
    BOOST_TEST(fired == 10);
    BOOST_TEST(timer.armed());
}

BOOST_AUTO_TEST_CASE(without_deadlines_nothing_is_wanted)
{
    TimerWheel wheel;
    BOOST_TEST(!wheel.next_deadline().has_value());
    Timer timer;
    wheel.arm(timer, start);
    time_of_next(wheel);
    BOOST_TEST(!wheel.next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(thousands_of_random_deadlines_agree_with_a_sorted_map)
{
    std::mt19937 random(20260801);
    auto const below = [&](std::uint64_t limit) {
        return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(random);
    };
    auto const some_duration = [&] { // of any magnitude up to years
        return Duration(static_cast<Duration::rep>(1 + below(std::uint64_t{2} << below(36))));
    };

    TimerWheel wheel;
    std::deque<Timer> timers(2'000);
    std::multimap<Instant, Timer*> expected;
    auto const forget = [&](Timer& timer) {
        for (auto at = expected.begin(); at != expected.end(); ++at) {
            if (at->second == &timer) {
                expected.erase(at);
                return;
            }
        }
    };
    auto now = start;
    due(wheel, now);
    std::size_t fired = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto& timer = timers[below(timers.size())];
        if (timer.armed())
            forget(timer);
        if (below(4) == 0) {
            wheel.cancel(timer);
        } else {
            auto const when = now + some_duration();
            wheel.arm(timer, when);
            expected.emplace(when, &timer);
        }
        if (below(8) != 0)
            continue;
        if (!expected.empty())
            BOOST_REQUIRE(*wheel.next_deadline() <= expected.begin()->first);
        now += some_duration() / 64;
        Instant last{};
        wheel.advance(now, [&](Deadline& deadline) {
            Instant const when{Duration(static_cast<Duration::rep>(deadline.tick))};
            BOOST_REQUIRE(last <= when);
            last = when;
            BOOST_REQUIRE(expected.begin()->first == when);
            forget(static_cast<Timer&>(deadline));
            ++fired;
        });
        BOOST_REQUIRE(expected.empty() || expected.begin()->first > now);
    }
    BOOST_TEST(fired > 1'000U);
}
