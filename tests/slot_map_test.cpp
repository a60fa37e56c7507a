#include "server/slot_map.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <vector>

using bayeux::server::SlotMap;

namespace {

struct Thing {
    std::uint64_t number;
};

Thing& add(SlotMap<Thing>& map)
{
    return map.add([](std::uint64_t number) { return std::make_unique<Thing>(Thing{number}); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(slot_map)

BOOST_AUTO_TEST_CASE(things_are_found_by_their_numbers)
{
    SlotMap<Thing> map;
    auto& first = add(map);
    auto& second = add(map);
    BOOST_TEST(map.find(first.number) == &first);
    BOOST_TEST(map.find(second.number) == &second);
    BOOST_TEST(map.find(0) == nullptr);
    BOOST_TEST(map.find(first.number + 1'000) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_number_is_never_given_again)
{
    SlotMap<Thing> map;
    auto const gone = add(map).number;
    map.erase(gone);
    BOOST_TEST(map.empty());
    auto& next = add(map); // at the same place
    BOOST_TEST(next.number != gone);
    BOOST_TEST(map.find(gone) == nullptr);
    BOOST_TEST(map.find(next.number) == &next);
}

BOOST_AUTO_TEST_CASE(visitors_may_erase_what_they_visit)
{
    SlotMap<Thing> map;
    for (int i = 0; i < 10; ++i)
        add(map);
    std::vector<std::uint64_t> seen;
    map.for_each([&](Thing& thing) {
        seen.push_back(thing.number);
        map.erase(thing.number);
    });
    BOOST_TEST(seen.size() == 10U);
    BOOST_TEST(map.empty());
    add(map);
    map.clear();
    BOOST_TEST(map.empty());
}

BOOST_AUTO_TEST_SUITE_END()
