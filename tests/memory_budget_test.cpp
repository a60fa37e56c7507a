#include "server/memory_budget.hpp"

#include <boost/test/unit_test.hpp>

using bayeux::server::MemoryBudget;

BOOST_AUTO_TEST_SUITE(memory_budget)

BOOST_AUTO_TEST_CASE(queues_and_connections_share_the_limit)
{
    MemoryBudget memory(1'000);
    memory.set_queues(600);
    memory.change(0, 500);
    memory.change(500, 400);
    BOOST_TEST(memory.connections() == 400U);
    BOOST_TEST(!memory.is_exceeded());
    memory.change(0, 1);
    BOOST_TEST(memory.is_exceeded());
    memory.set_queues(0);
    BOOST_TEST(!memory.is_exceeded());
}

BOOST_AUTO_TEST_CASE(it_is_tight_above_four_fifths)
{
    MemoryBudget memory(1'000);
    memory.set_queues(800);
    BOOST_TEST(!memory.is_tight());
    memory.set_queues(801);
    BOOST_TEST(memory.is_tight());
    BOOST_TEST(!memory.is_exceeded());
}

BOOST_AUTO_TEST_CASE(a_twentieth_is_little)
{
    MemoryBudget memory(1'000);
    BOOST_TEST(memory.is_little(50));
    BOOST_TEST(!memory.is_little(51));
}

BOOST_AUTO_TEST_SUITE_END()
