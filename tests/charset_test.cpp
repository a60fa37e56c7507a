#include "server/charset.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(charset)

BOOST_AUTO_TEST_CASE(the_charset_parameter_is_found_however_it_is_written)
{
    BOOST_TEST(charset_of("application/json") == "");
    BOOST_TEST(charset_of("") == "");
    BOOST_TEST(charset_of("application/json;charset=UTF-8") == "UTF-8");
    BOOST_TEST(charset_of("text/json; Charset=\"iso-8859-7\"") == "iso-8859-7");
    BOOST_TEST(charset_of("a/b; x=y ; charset = utf-8") == "");
    BOOST_TEST(charset_of("a/b; x=y ; charset=utf-8 ; z") == "utf-8");
    BOOST_TEST(charset_of("a/b;charset=") == "");
}

BOOST_AUTO_TEST_CASE(media_types_are_compared_without_parameters_and_case)
{
    BOOST_TEST(has_media_type("Application/JSON ; charset=x", "application/json"));
    BOOST_TEST(!has_media_type("application/json5", "application/json"));
    BOOST_TEST(!has_media_type("", "application/json"));
}

BOOST_AUTO_TEST_CASE(utf8_and_its_subset_need_no_conversion)
{
    for (auto const* name : {"", "UTF-8", "utf-8", "utf8", "US-ASCII"})
        BOOST_TEST(is_utf8(name), name);
    for (auto const* name : {"utf-16", "iso-8859-1", "utf-88"})
        BOOST_TEST(!is_utf8(name), name);
}

BOOST_AUTO_TEST_CASE(text_is_converted_to_utf8)
{
    BOOST_TEST(*to_utf8("\xE1\xE2", "ISO-8859-7") == "\xCE\xB1\xCE\xB2"); // alpha, beta
    BOOST_TEST(*to_utf8("\xFC", "iso-8859-1") == "\xC3\xBC");
    using namespace std::string_literals;
    BOOST_TEST(*to_utf8("\xFE\xFF\0[\0]"s, "utf-16") == "[]");
    BOOST_TEST(*to_utf8("\x1B$B$\"\x1B(B", "iso-2022-jp") == "\xE3\x81\x82"); // has states
    BOOST_TEST(*to_utf8("\x88\x66", "big5-hkscs") == "\xC3\x8A"); // held back by the decoder
    BOOST_TEST(*to_utf8("", "iso-8859-1") == "");
}

BOOST_AUTO_TEST_CASE(a_long_text_is_converted_whole)
{
    std::string expected;
    for (int i = 0; i < 100'000; ++i)
        expected += "\xC3\xBC";
    BOOST_TEST(*to_utf8(std::string(100'000, '\xFC'), "iso-8859-1") == expected);
}

BOOST_AUTO_TEST_CASE(an_unknown_charset_and_undecodable_text_are_errors)
{
    for (auto const* name : {"", "no-such-charset", "UTF-8//IGNORE", "../x", "a b"})
        BOOST_TEST(!to_utf8("x", name).has_value(), name);
    BOOST_TEST(!to_utf8("x", std::string(1'000, 'a')).has_value());
    BOOST_TEST(!to_utf8("\xFF", "utf-16").has_value());       // half a character
    BOOST_TEST(!to_utf8("\x81", "windows-1252").has_value()); // none at that place
}

BOOST_AUTO_TEST_SUITE_END()
