#include "server/header_list.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(header_list)

BOOST_AUTO_TEST_CASE(an_element_is_found_among_others_in_any_case_and_with_parameters)
{
    for (auto const* list : {"websocket", "a,websocket", "a , WebSocket\t,b", "websocket;v=1, a",
             ",, websocket ; q=\"x\",", "websocket,"})
        BOOST_TEST(list_has(list, "websocket"), list);
    for (auto const* list : {"", ",", "websockets", "web socket", "a;websocket", "x-websocket"})
        BOOST_TEST(!list_has(list, "websocket"), list);
}

BOOST_AUTO_TEST_CASE(elements_are_taken_one_by_one)
{
    std::string_view list = "a ,, b c;d";
    BOOST_TEST(take_element(list) == "a");
    BOOST_TEST(take_element(list) == "");
    BOOST_TEST(list == " b c;d");
    BOOST_TEST(take_element(list, ';') == "b c");
    BOOST_TEST(take_element(list, ';') == "d");
    BOOST_TEST(list.empty());
}

BOOST_AUTO_TEST_SUITE_END()
