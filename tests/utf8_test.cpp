#include "bayeux/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(text_is_valid_at_both_ends_of_every_range)
{
    for (auto const& text : {""s, "\0\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s,
             "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s,
             "\xf4\x8f\xbf\xbf"s, "eight by\xc3\xa9te\xe2\x82\xacs"s})
        BOOST_TEST(is_valid_utf8(text), text);
}

BOOST_AUTO_TEST_CASE(other_bytes_are_not_wherever_they_stand)
{
    for (auto const& bytes :
        {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x41"s, "\xc2\xc2"s,
            "\xe0\x9f\xbf"s, "\xe2\x82"s, "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xf0\x8f\xbf\xbf"s,
            "\xf0\x90\x80"s, "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s}) {
        for (std::size_t before = 0; before < 18; ++before) {
            BOOST_TEST(!is_valid_utf8(std::string(before, 'x') + bytes), before);
            BOOST_TEST(!is_valid_utf8(std::string(before, 'x') + bytes + "12345678"), before);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
