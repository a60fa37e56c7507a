#include "bayeux/utf8.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
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

BOOST_AUTO_TEST_CASE(other_bytes_are_replaced_one_by_one)
{
    for (auto const& text : {""s, "\0x"s, "\xf0\x90\x80\x80\xc2\x80"s})
        BOOST_TEST(valid_utf8(text) == text);
    BOOST_TEST(valid_utf8("a\xff\xe2\x82\xac\xe2\x82") ==
               "a\xef\xbf\xbd\xe2\x82\xac\xef\xbf\xbd\xef\xbf\xbd");
}

namespace {

/// All that characters of several bytes begin with, but not end with.
std::set<std::string> all_beginnings()
{
    std::set<std::string> beginnings;
    for (char32_t code = 0x80; code < 0x110000; ++code) {
        if (code >= 0xd800 && code < 0xe000)
            continue;
        std::string character;
        append_utf8(character, code);
        for (character.pop_back(); !character.empty(); character.pop_back())
            if (!beginnings.insert(character).second)
                break;
    }
    return beginnings;
}

} // namespace

BOOST_AUTO_TEST_CASE(whether_more_bytes_can_help_is_known_at_the_first_wrong_one)
{
    auto const beginnings = all_beginnings();
    auto const is_as_expected = [&](std::string const& bytes) {
        for (std::string const before : {"", "x", "eight by\xc3\xa9"}) {
            auto const expected = is_valid_utf8(bytes)          ? before.size() + bytes.size()
                                  : beginnings.count(bytes) > 0 ? before.size()
                                                                : std::string::npos;
            if (whole_utf8(before + bytes).value_or(std::string::npos) != expected)
                return false;
        }
        return true;
    };
    for (int lead = 0x80; lead < 0x100; ++lead) {
        std::string const one(1, static_cast<char>(lead));
        BOOST_TEST(is_as_expected(one), lead);
        for (int second = 0; second < 0x100; ++second) {
            auto const two = one + static_cast<char>(second);
            BOOST_TEST(is_as_expected(two), lead << ' ' << second);
            for (auto const* third : {"\x7f", "\x80", "\xbf", "\xc0"})
                BOOST_TEST((is_valid_utf8(two) || is_as_expected(two + third)),
                    lead << ' ' << second << ' ' << third);
        }
    }
    BOOST_TEST(whole_utf8("").value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
