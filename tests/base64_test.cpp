#include "services/base64.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux::services;

BOOST_AUTO_TEST_SUITE(base64)

BOOST_AUTO_TEST_CASE(bytes_come_back_as_they_were)
{
    // RFC 4648 10
    for (auto const& [bytes, text] : std::initializer_list<std::pair<std::string, std::string>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"},
             {std::string("\xff\xfe\0", 3), "//4A"}}) {
        BOOST_TEST(base64_encode(bytes) == text);
        BOOST_TEST_REQUIRE(base64_decode(text).has_value());
        BOOST_TEST(*base64_decode(text) == bytes);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_base64_is_refused)
{
    for (auto const* text : {"Z", "Zg", "Zg=", "Zg===", "=",
             "====", "Zh==", "Zm9=", "Zm 8=", "Zg==Zg==", "Zm9v\n", "Zm9-", "Z\xc3\xbc="})
        BOOST_TEST(!base64_decode(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
