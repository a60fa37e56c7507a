#include "bayeux/data_filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux;

namespace {

std::optional<std::string> upper(std::string_view text)
{
    std::string loud(text);
    for (auto& c : loud)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return loud;
}

} // namespace

BOOST_AUTO_TEST_CASE(strings_at_any_depth_are_filtered_and_names_are_not)
{
    BOOST_TEST(filter_strings(R"({"a":"b","c":["d",{"e":"f"}]})", upper).value() ==
               R"({"a":"B","c":["D",{"e":"F"}]})");
    BOOST_TEST(filter_strings(R"("a")", upper).value() == R"("A")");
}

BOOST_AUTO_TEST_CASE(what_a_filter_leaves_alone_stays_byte_for_byte)
{
    for (auto const* const text : {"1e400", "null", "", R"( { "x" : [ 1.50 , "\u0041" ] } )"})
        BOOST_TEST(filter_strings(text, upper).value() == text);
}

BOOST_AUTO_TEST_CASE(escapes_are_seen_decoded_and_written_again)
{
    BOOST_TEST(filter_strings(R"("\u003cb\u003e\n\"q\"")", no_markup).value() ==
               R"("&lt;b&gt;\u000a\"q\"")");
}

BOOST_AUTO_TEST_CASE(a_refused_string_refuses_the_whole)
{
    auto const refuse = [](std::string_view text) {
        return text == "no" ? std::optional<std::string>() : std::string(text);
    };
    BOOST_TEST(!filter_strings(R"(["yes",{"x":"no"}])", refuse).has_value());
    BOOST_TEST(filter_strings(R"({"no":"yes"})", refuse).has_value());
}
