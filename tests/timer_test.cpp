#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// ServiceContext::after() and every()

namespace {

struct Fixture {
    FakeWorld world;
    int count = 0;

    auto counting()
    {
        return [this] { ++count; };
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_timer_does_its_work_once_after_its_delay, Fixture)
{
    world.pass(0ms);
    auto const timer = world.context().after(5s, counting());
    BOOST_TEST(timer.running());
    world.pass(4999ms);
    BOOST_TEST(count == 0);
    world.pass(1ms);
    BOOST_TEST(count == 1);
    BOOST_TEST(!timer.running());
    world.pass(1h);
    BOOST_TEST(count == 1);
}

BOOST_FIXTURE_TEST_CASE(a_timer_made_before_the_first_call_counts_from_that, Fixture)
{
    auto const timer = world.context().every(1s, counting());
    world.pass(3500ms);
    BOOST_TEST(count == 3);
}

BOOST_FIXTURE_TEST_CASE(a_timer_ends_with_its_owner, Fixture)
{
    {
        auto const before = world.context().after(1s, counting());
        world.pass(0ms);
        auto const timer = world.context().every(1s, counting());
    }
    world.pass(5s);
    BOOST_TEST(count == 0);
}

BOOST_FIXTURE_TEST_CASE(a_timer_may_be_cancelled_or_replaced_by_its_own_work, Fixture)
{
    Timer timer;
    timer = world.context().every(1s, [&] {
        if (++count == 2)
            timer.cancel();
    });
    world.pass(10s);
    BOOST_TEST(count == 2);
    timer = world.context().after(
        1s, [&] { timer = world.context().after(1s, [this] { count = 100; }); });
    world.pass(2s);
    BOOST_TEST(count == 100);
}

BOOST_FIXTURE_TEST_CASE(periods_that_were_missed_become_one, Fixture)
{
    world.pass(0ms);
    auto const timer = world.context().every(1s, counting());
    auto const late = world.now() + 3500ms;
    Outbox out;
    world.engine().tick(late, out);
    BOOST_TEST(count == 1);
    BOOST_TEST((world.engine().next_deadline() <= late + 500ms)); // its rhythm goes on
    world.engine().tick(late + 500ms, out);
    BOOST_TEST(count == 2);
}

BOOST_FIXTURE_TEST_CASE(what_a_timer_sends_reaches_held_connects_at_once, Fixture)
{
    FakeClient client(world);
    client.subscribe("/tick");
    auto const connect = client.connect();
    auto const timer = world.context().after(2s, [&] { world.context().publish("/tick", "now"); });
    world.pass(2s);
    BOOST_TEST(world.answered(connect).data("/tick") == boost::json::array{"now"});
}

BOOST_FIXTURE_TEST_CASE(a_timer_whose_work_throws_goes_on, Fixture)
{
    auto const timer = world.context().every(
        1s,
        [this] {
            ++count;
            throw std::runtime_error("no luck");
        },
        "the clock");
    world.pass(3s);
    BOOST_TEST(count == 3);
    BOOST_TEST(world.logged("the clock on its time: no luck") == 3U);
    BOOST_TEST(world.engine().statistics().handler_failures == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_period_must_be_positive, Fixture)
{
    BOOST_CHECK_THROW((void)world.context().every(0ms, counting()), std::invalid_argument);
    auto const at_once = world.context().after(-1s, counting());
    world.pass(0ms);
    BOOST_TEST(count == 1);
}

BOOST_FIXTURE_TEST_CASE(times_that_never_come_may_be_asked_for, Fixture)
{
    FakeClient client(world);
    auto const once = world.context().after(Duration::max(), counting());
    auto const often = world.context().every(Duration::max(), counting());
    world.context().session(client.id())->set_max_interval(Duration::max());
    client.poll();
    world.pass(24h);
    BOOST_TEST(count == 0);
    BOOST_TEST(world.context().session(client.id()) != nullptr);
}

BOOST_AUTO_TEST_CASE(a_service_may_own_its_timers)
{
    struct Clock : BayeuxService {
        explicit Clock(ServiceContext& context)
            : BayeuxService(context, "clock"), timer_(every(1s, &Clock::tick))
        {}
        void tick() { ++ticks; }
        int ticks = 0;
        Timer timer_;
    };
    FakeWorld world;
    auto const& clock = world.install<Clock>();
    world.pass(3s);
    BOOST_TEST(clock.ticks == 3);
}
