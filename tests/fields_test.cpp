#include "bayeux/fields.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>
#include <variant>

using namespace bayeux;

// Checked access to the data of messages

namespace {

/// Without any when it is empty.
Message with_data(std::string data)
{
    auto message = std::get<Batch>(parse_batch(R"({"channel":"/x"})")).front();
    if (!data.empty())
        message.set_data(std::move(data));
    return message;
}

/// What is said about the first thing that is wrong; empty when nothing is.
template <class Ask>
std::string refusal(std::string data, Ask ask)
{
    try {
        ask(Fields(with_data(std::move(data))));
    } catch (BadMessage const& bad) {
        return bad.what();
    }
    return {};
}

} // namespace

BOOST_AUTO_TEST_CASE(fields_give_values_by_name_and_type)
{
    Fields const data(with_data(
        R"({"t":"é","i":-3,"f":1.5,"w":3e2,"b":true,"a":[1],"o":{"in":"side"},"n":null})"));
    BOOST_TEST(data.text("t") == "é");
    BOOST_TEST(data.text("absent", "other") == "other");
    BOOST_TEST(data.text("n", "other") == "other");
    BOOST_TEST(data.integer("i") == -3);
    BOOST_TEST(data.integer("w") == 300);
    BOOST_TEST(data.number("f") == 1.5);
    BOOST_TEST(data.number("i") == -3.0);
    BOOST_TEST(data.boolean("b"));
    BOOST_TEST(data.boolean("absent", true));
    BOOST_TEST(data.array("a").size() == 1U);
    BOOST_TEST(data.object("o").text("in") == "side");
    BOOST_TEST(data.value("absent").is_null());
    BOOST_TEST(data.has("a"));
    BOOST_TEST(!data.has("n"));
}

BOOST_AUTO_TEST_CASE(fields_name_what_is_wrong)
{
    auto const text = [](Fields const& data) { data.text("x"); };
    BOOST_TEST(refusal("{}", text) == "data.x must be text");
    BOOST_TEST(refusal(R"({"x":null})", text) == "data.x must be text");
    BOOST_TEST(refusal(R"({"x":3})", text) == "data.x must be text");
    BOOST_TEST(refusal(R"({"x":3})", [](Fields const& data) { data.text("x", "other"); }) ==
               "data.x must be text");
    BOOST_TEST(refusal(R"({"x":"1"})", [](Fields const& data) { data.boolean("x"); }) ==
               "data.x must be true or false");
    BOOST_TEST(refusal(R"({"x":1e999})", [](Fields const& data) { data.number("x"); }) ==
               "data.x must be a number");
    BOOST_TEST(refusal(R"({"x":{}})", [](Fields const& data) { data.array("x"); }) ==
               "data.x must be an array");
    BOOST_TEST(refusal(R"({"x":[]})", [](Fields const& data) { data.object("x"); }) ==
               "data.x must be an object");
    BOOST_TEST(refusal(R"({"x":{"y":1}})", [](Fields const& data) {
        data.object("x").text("y");
    }) == "data.x.y must be text");
    BOOST_TEST(refusal("{}", [](Fields const& data) { throw data.bad("room", "is full"); }) ==
               "data.room is full");
}

constexpr std::array no_objects{"", "null", "[]", "1", R"("text")"};
BOOST_DATA_TEST_CASE(data_that_is_no_object_has_no_fields, no_objects)
{
    BOOST_TEST(refusal(sample, [](Fields const&) {}) == "data must be an object");
}

constexpr std::array no_integers{"1.5", "1e300", "1e999", "18446744073709551615", R"("1")", "true"};
BOOST_DATA_TEST_CASE(what_is_no_whole_number_is_no_integer, no_integers)
{
    BOOST_TEST(refusal(std::string(R"({"x":)") + sample + "}", [](Fields const& data) {
        data.integer("x");
    }) == "data.x must be a whole number");
}

BOOST_AUTO_TEST_CASE(integers_have_a_range)
{
    auto const in_range = [](Fields const& data) { data.integer("x", 1, 3); };
    BOOST_TEST(refusal(R"({"x":1})", in_range).empty());
    BOOST_TEST(refusal(R"({"x":3})", in_range).empty());
    BOOST_TEST(refusal(R"({"x":4})", in_range) == "data.x must be a whole number from 1 to 3");
    BOOST_TEST(refusal(R"({"x":0})", in_range) == "data.x must be a whole number from 1 to 3");
}
