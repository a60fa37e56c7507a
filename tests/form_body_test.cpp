#include "server/form_body.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(form_body)

BOOST_AUTO_TEST_CASE(a_body_is_a_form_by_its_beginning_or_by_its_type)
{
    BOOST_TEST(is_form("message=%5B%5D", MediaType::other));
    BOOST_TEST(is_form(" \r\n\tmessage=[]", MediaType::other));
    BOOST_TEST(is_form("x=1&message=[]", MediaType::form));
    BOOST_TEST(!is_form("x=1&message=[]", MediaType::other));
    BOOST_TEST(!is_form("messages=[]", MediaType::other));
    BOOST_TEST(!is_form(" [{}]", MediaType::form));
    BOOST_TEST(!is_form("\n{}", MediaType::form));
    BOOST_TEST(!is_form("[]", MediaType::other));
    BOOST_TEST(!is_form("", MediaType::other));
}

BOOST_AUTO_TEST_CASE(the_values_of_a_field_are_decoded_in_their_order)
{
    std::vector<std::string> const expected{"[{\"a\":\"b c+\"}]", "{}"};
    auto const messages = form_values(
        "message=%5B%7B%22a%22:%22b+c%2B%22}]&_=1&x=%&%6dessage={}&messages=3", "message");
    BOOST_TEST_REQUIRE(messages.has_value());
    BOOST_TEST(*messages == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(blanks_around_a_form_are_not_part_of_it)
{
    auto const messages = form_values(" message=[]\r\n", "message");
    BOOST_TEST_REQUIRE(messages.has_value());
    BOOST_TEST(messages->at(0) == "[]");
}

BOOST_AUTO_TEST_CASE(a_field_may_be_empty_or_have_an_equals_sign)
{
    BOOST_TEST(form_values("message", "message")->at(0) == "");
    BOOST_TEST(form_values("message=", "message")->at(0) == "");
    BOOST_TEST(form_values("message=a=b", "message")->at(0) == "a=b");
}

BOOST_AUTO_TEST_CASE(a_form_without_the_field_has_no_values)
{
    for (auto const* form : {"", "x=1", "&&", "messages=1"})
        BOOST_TEST(form_values(form, "message")->empty(), form);
}

BOOST_AUTO_TEST_CASE(a_broken_escape_is_an_error)
{
    for (auto const* form : {"message=%", "message=[]&message=%5"})
        BOOST_TEST(!form_values(form, "message").has_value(), form);
}

BOOST_AUTO_TEST_SUITE_END()
