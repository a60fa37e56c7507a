#include "server/uri.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(uri)

BOOST_AUTO_TEST_CASE(a_target_is_taken_apart_in_every_form)
{
    struct {
        char const* target;
        char const* path;
        char const* query;
    } const rows[] = {
        {"/", "/", ""},
        {"/cometd", "/cometd", ""},
        {"/cometd/x?a=b?c", "/cometd/x", "?a=b?c"},
        {"/a?", "/a", "?"},
        {"http://example.org/cometd?q", "/cometd", "?q"},
        {"HTTPS://example.org:8443/", "/", ""},
        {"http://example.org", "/", ""},
        {"http://example.org?q", "/", "?q"},
        {"*", "*", ""},
    };
    for (auto const& row : rows) {
        auto const target = split_target(row.target);
        BOOST_TEST_REQUIRE(target.has_value(), row.target);
        BOOST_TEST(target->path == row.path);
        BOOST_TEST(target->query == row.query);
    }
}

BOOST_AUTO_TEST_CASE(a_target_that_names_no_path_is_none)
{
    for (auto const* target : {"example.org:443", "cometd", "**", "?a", ""})
        BOOST_TEST(!split_target(target).has_value(), target);
}

BOOST_AUTO_TEST_CASE(escapes_become_bytes)
{
    BOOST_TEST(*percent_decode("a%20b+c%2B%c3%BC", Plus::itself) == "a b+c+\xC3\xBC");
    BOOST_TEST(*percent_decode("a%20b+c%2B", Plus::space) == "a b c+");
    BOOST_TEST(*percent_decode("%00", Plus::itself) == std::string(1, '\0'));
    BOOST_TEST(*percent_decode("", Plus::itself) == "");
}

BOOST_AUTO_TEST_CASE(a_broken_escape_is_an_error)
{
    for (auto const* text : {"%", "%2", "a%zz", "%u0041", "%2%"})
        BOOST_TEST(!percent_decode(text, Plus::space).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
