#include "bayeux/channel_template.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <stdexcept>

using namespace bayeux;

BOOST_AUTO_TEST_CASE(a_variable_stands_for_one_segment)
{
    ChannelTemplate const rooms("/room/{id}");
    BOOST_TEST(rooms.listening_channel() == "/room/*");
    BOOST_TEST(rooms.match("/room/7").value().at("id") == "7");
    BOOST_TEST(rooms.match("/room/7/").value().at("id") == "7");
    BOOST_TEST(!rooms.match("/room/7/door").has_value());
    BOOST_TEST(!rooms.match("/room").has_value());
    BOOST_TEST(!rooms.match("/hall/7").has_value());
    BOOST_TEST(!rooms.match("/room/*").has_value());
    BOOST_TEST(!rooms.match("/room/**").has_value());
    BOOST_CHECK_THROW(rooms.match("/room/7").value().at("name"), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(several_variables_listen_to_all_below)
{
    ChannelTemplate const players("/game/{id}/player/{name}");
    BOOST_TEST(players.listening_channel() == "/game/**");
    auto const found = players.match("/game/7/player/ada");
    BOOST_TEST(found.value().at("id") == "7");
    BOOST_TEST(found.value().at("name") == "ada");
    BOOST_TEST(!players.match("/game/7/watcher/ada").has_value());
    BOOST_TEST(ChannelTemplate("/game/{id}/end").listening_channel() == "/game/**");
    BOOST_TEST(ChannelTemplate("/{top}").listening_channel() == "/*");
}

BOOST_AUTO_TEST_CASE(a_channel_matches_itself_and_a_wild_one_what_is_below)
{
    ChannelTemplate const exact("/a/b");
    BOOST_TEST(exact.listening_channel() == "/a/b");
    BOOST_TEST(exact.match("/a/b").value().empty());
    BOOST_TEST(!exact.match("/a/c").has_value());
    ChannelTemplate const wild("/a/*");
    BOOST_TEST(wild.match("/a/b").has_value());
    BOOST_TEST(wild.match("/a/*").has_value());
    BOOST_TEST(!wild.match("/a/b/c").has_value());
    BOOST_TEST(ChannelTemplate("/a/**").match("/a/b/c").has_value());
}

constexpr std::array no_templates{
    "", "room", "/", "/a//{b}", "/{a}/{a}", "/{a}/**", "/{}", "/x{a}", "/{a", "/*/{a}"};
BOOST_DATA_TEST_CASE(other_texts_are_no_templates, no_templates)
{
    BOOST_CHECK_THROW(ChannelTemplate{sample}, std::invalid_argument);
}
