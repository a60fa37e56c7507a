#include "bayeux/channel_name.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace bayeux;
using namespace std::string_view_literals;

namespace {

bool is_name(std::string_view name)
{
    return is_channel_name(name, 1024);
}

std::vector<std::string> wild_names(std::string_view channel)
{
    std::vector<std::string> names;
    for_each_wild_name(channel, [&](std::string_view name) { names.emplace_back(name); });
    return names;
}

} // namespace

// wire-behaviour 6.1

BOOST_AUTO_TEST_CASE(letters_digits_and_the_listed_marks_make_channel_names)
{
    for (auto const name : {"/a"sv, "/A9/z"sv, "/foo bar"sv, "/!#$()*+-./@_{~}"sv, "/{id}/x"sv,
             "/a/b*"sv, "/a*/b"sv, "/***"sv, "/a/"sv, "/a "sv, "/a/ "sv, "/meta/connect"sv})
        BOOST_TEST(is_name(name), name);
}

BOOST_AUTO_TEST_CASE(other_characters_are_refused)
{
    for (int byte = 0; byte < 256; ++byte) {
        auto const c = static_cast<char>(byte);
        bool const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                             "!#$()*+-./@_{~} "sv.find(c) != std::string_view::npos;
        auto const name = std::string("/x") + c + "x";
        BOOST_TEST(is_name(name) == allowed, "byte " << byte);
    }
}

BOOST_AUTO_TEST_CASE(a_name_begins_with_a_slash_and_has_something_behind_it)
{
    for (auto const name :
        {""sv, "/"sv, "a"sv, "foo"sv, "foo/bar"sv, " /a"sv, "//"sv, "/ "sv, "/  "sv})
        BOOST_TEST(!is_name(name), name);
}

BOOST_AUTO_TEST_CASE(a_name_has_no_empty_segment)
{
    for (auto const name : {"/a//b"sv, "//a"sv, "/a//"sv, "/a// "sv})
        BOOST_TEST(!is_name(name), name);
}

BOOST_AUTO_TEST_CASE(stars_stand_only_as_the_whole_last_segment)
{
    for (auto const name : {"/*"sv, "/**"sv, "/a/*"sv, "/a/**"sv, "/a/b/**"sv, "/a/*/"sv})
        BOOST_TEST(is_name(name), name);
    for (auto const name : {"/*/a"sv, "/**/a"sv, "/a/*/b"sv, "/a/**/b"sv, "/*/*"sv, "/**/**"sv})
        BOOST_TEST(!is_name(name), name);
}

BOOST_AUTO_TEST_CASE(a_name_is_as_long_as_the_limit_at_most)
{
    BOOST_TEST(is_channel_name("/abc", 4));
    BOOST_TEST(!is_channel_name("/abcd", 4));
}

BOOST_AUTO_TEST_CASE(a_name_has_as_many_segments_as_the_limit_at_most)
{
    for (auto const* const name : {"/a/b", "/a/b/", "/a/**"})
        BOOST_TEST(is_channel_name(name, 10, 2), name);
    for (auto const* const name : {"/a/b/c", "/a/b/*"})
        BOOST_TEST(!is_channel_name(name, 10, 2), name);
}

BOOST_AUTO_TEST_CASE(one_trailing_slash_and_blanks_behind_do_not_count_for_the_identity)
{
    BOOST_TEST(channel_identity("/a") == "/a");
    BOOST_TEST(channel_identity("/a/") == "/a");
    BOOST_TEST(channel_identity("/a  ") == "/a");
    BOOST_TEST(channel_identity("/a/ ") == "/a");
    BOOST_TEST(channel_identity("/a b/c") == "/a b/c");
    BOOST_TEST(channel_identity("").empty());
}

BOOST_AUTO_TEST_CASE(channels_are_meta_service_or_broadcast_by_their_first_segment)
{
    BOOST_TEST(is_meta("/meta/connect"));
    BOOST_TEST(is_meta("/meta/**"));
    BOOST_TEST(!is_meta("/metal/x"));
    BOOST_TEST(is_service("/service/x"));
    BOOST_TEST(!is_service("/services/x"));
    BOOST_TEST(is_broadcast("/chat/demo"));
    BOOST_TEST(is_broadcast("/**"));
    BOOST_TEST(!is_broadcast("/meta/x"));
    BOOST_TEST(!is_broadcast("/service/x"));
}

BOOST_AUTO_TEST_CASE(only_a_last_segment_of_stars_is_wild)
{
    for (auto const name : {"/*"sv, "/**"sv, "/a/*"sv, "/a/**"sv})
        BOOST_TEST(is_wild(name), name);
    for (auto const name : {"/a"sv, "/a*"sv, "/a/b**"sv, "/***"sv})
        BOOST_TEST(!is_wild(name), name);
}

BOOST_AUTO_TEST_CASE(the_wild_names_of_a_channel_come_from_the_widest_on)
{
    BOOST_TEST(
        (wild_names("/a/b/c") == std::vector<std::string>{"/**", "/a/**", "/a/b/**", "/a/b/*"}));
    BOOST_TEST((wild_names("/a") == std::vector<std::string>{"/**", "/*"}));
}
