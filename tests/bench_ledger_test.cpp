#include "server/cli/bench/ledger.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace bayeux::cli {
namespace {

/// Two subscribers of room 1.
struct Fixture {
    Fixture()
    {
        std::array<std::uint32_t, 1> const rooms{1};
        ledger.subscribe(0, rooms);
        ledger.subscribe(1, rooms);
    }

    std::vector<Marker> publish(unsigned count, std::uint32_t publisher = 9)
    {
        std::vector<Marker> markers;
        while (count-- > 0) {
            markers.push_back(ledger.publish(1, publisher, 0, 0));
        }
        return markers;
    }

    void deliver(std::uint32_t subscriber, std::vector<Marker> const& markers)
    {
        for (auto const& marker : markers) {
            ledger.deliver(subscriber, marker);
        }
    }

    Ledger ledger;
};

BOOST_FIXTURE_TEST_SUITE(bench_ledger, Fixture)

BOOST_AUTO_TEST_CASE(all_is_well_when_each_gets_each_once_in_order)
{
    auto const messages = publish(1000);
    deliver(0, messages);
    BOOST_TEST(!ledger.complete());
    deliver(1, messages);
    BOOST_TEST(ledger.complete());
    BOOST_TEST(ledger.expected() == 2000U);
    BOOST_TEST(ledger.delivered() == 2000U);
    BOOST_TEST(ledger.doubled() + ledger.out_of_order() + ledger.unexpected() == 0U);
}

BOOST_AUTO_TEST_CASE(what_does_not_come_is_lost)
{
    auto messages = publish(1000);
    deliver(0, messages);
    messages.erase(messages.begin() + 3);
    messages.erase(messages.begin() + 500, messages.begin() + 900);
    messages.pop_back();
    deliver(1, messages);
    BOOST_TEST(ledger.lost() == 402U);
    BOOST_TEST(ledger.doubled() + ledger.out_of_order() + ledger.unexpected() == 0U);
}

BOOST_AUTO_TEST_CASE(what_comes_twice_is_doubled)
{
    auto const messages = publish(10);
    BOOST_TEST(ledger.deliver(0, messages[0]));
    BOOST_TEST(!ledger.deliver(0, messages[0]));
    BOOST_TEST(ledger.deliver(0, messages[5]));
    BOOST_TEST(!ledger.deliver(0, messages[5]));
    BOOST_TEST(ledger.doubled() == 2U);
    BOOST_TEST(ledger.delivered() == 2U);
}

BOOST_AUTO_TEST_CASE(what_comes_after_a_later_one_is_out_of_order)
{
    auto messages = publish(10);
    std::swap(messages[4], messages[7]);
    deliver(0, messages); // 5 and 6 after 7, then 4 after all of them
    BOOST_TEST(ledger.out_of_order() == 3U);
    BOOST_TEST(ledger.delivered() == 10U);
    BOOST_TEST(ledger.doubled() == 0U);
}

BOOST_AUTO_TEST_CASE(messages_of_two_publishers_may_overtake_each_other)
{
    auto const first = publish(3, 1);
    auto const second = publish(3, 2);
    deliver(0, second);
    deliver(0, first);
    BOOST_TEST(ledger.out_of_order() == 0U);
    BOOST_TEST(ledger.delivered() == 6U);
}

BOOST_AUTO_TEST_CASE(what_nobody_asked_for_or_sent_is_unexpected)
{
    auto const message = publish(1).front();
    auto other = message;
    other.room = 2;
    BOOST_TEST(!ledger.deliver(0, other));
    other = message;
    other.number = 1;
    BOOST_TEST(!ledger.deliver(0, other));
    BOOST_TEST(!ledger.deliver(77, message));
    BOOST_TEST(ledger.unexpected() == 3U);
    BOOST_TEST(ledger.delivered() == 0U);
}

BOOST_AUTO_TEST_CASE(any_order_within_the_window_loses_and_doubles_nothing)
{
    std::minstd_rand chance;
    auto messages = publish(2000);
    for (std::size_t i = 0; i + 200 <= messages.size(); i += 200) {
        std::shuffle(messages.begin() + static_cast<std::ptrdiff_t>(i),
            messages.begin() + static_cast<std::ptrdiff_t>(i) + 200, chance);
    }
    deliver(0, messages);
    deliver(1, messages);
    BOOST_TEST(ledger.complete());
    BOOST_TEST(ledger.doubled() == 0U);
    deliver(1, messages);
    BOOST_TEST(ledger.doubled() == 2000U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::cli
