#include "server/cors.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(cors)

namespace {

void check(char const* entry, std::vector<char const*> const& allowed,
    std::vector<char const*> const& refused)
{
    AllowedOrigins const origins({entry});
    BOOST_TEST(!origins.none());
    for (auto const* origin : allowed)
        BOOST_TEST(origins.allows(origin), entry << " must allow " << origin);
    for (auto const* origin : refused)
        BOOST_TEST(!origins.allows(origin), entry << " must refuse " << origin);
}

} // namespace

BOOST_AUTO_TEST_CASE(nothing_is_allowed_by_default)
{
    AllowedOrigins const origins;
    BOOST_TEST(origins.none());
    BOOST_TEST(!origins.allows("https://example.org"));
    BOOST_TEST(!origins.allows(""));
}

BOOST_AUTO_TEST_CASE(an_exact_origin_allows_itself_alone)
{
    check("https://example.org",
        {"https://example.org", "HTTPS://Example.ORG", "https://example.org:443"},
        {"", "null", "http://example.org", "https://example.org:8443", "https://a.example.org",
            "https://example.org.evil.net", "https://example.orgx", "https://example.org/"});
    check("https://example.org:443", {"https://example.org"}, {"https://example.org:444"});
    check("http://example.org:8080", {"http://example.org:8080"},
        {"http://example.org", "http://example.org:80"});
    check("null", {"null"}, {"nullx", "http://null"});
}

BOOST_AUTO_TEST_CASE(a_star_before_a_domain_allows_its_subdomains)
{
    check("https://*.example.org", {"https://a.example.org", "https://a.b.example.org"},
        {"https://example.org", "https://.example.org", "https://evilexample.org",
            "http://a.example.org", "https://a.example.org:8443", "https://evil.net/.example.org",
            "https://evil.net#.example.org", "https://user@a.example.org"});
    check("https://*.example.org:8443", {"https://a.example.org:8443"}, {"https://a.example.org"});
}

BOOST_AUTO_TEST_CASE(a_star_for_the_port_allows_every_port)
{
    check("http://127.0.0.1:*",
        {"http://127.0.0.1", "http://127.0.0.1:80", "http://127.0.0.1:3000"},
        {"https://127.0.0.1:3000", "http://127.0.0.10:3000", "http://127.0.0.1:3000x",
            "http://127.0.0.1:", "http://127.0.0.1:3000:3000"});
    check("http://[::1]:*", {"http://[::1]:3000", "http://[::1]"}, {"http://[::2]:3000"});
    check("https://*.example.org:*", {"https://a.example.org:1", "https://a.example.org"},
        {"https://example.org:1", "https://a:b@c.example.org:1"});
}

BOOST_AUTO_TEST_CASE(a_star_alone_allows_all_that_is_fit_to_be_echoed)
{
    check("*", {"https://example.org", "null", "chrome-extension://abc"},
        {"", "https://a b", "https://a\x01", "https://\xC3\xBC"});
}

BOOST_AUTO_TEST_CASE(one_of_several_entries_is_enough)
{
    AllowedOrigins const origins({"https://a.org", "https://b.org"});
    BOOST_TEST(origins.allows("https://b.org"));
    BOOST_TEST(!origins.allows("https://c.org"));
}

BOOST_AUTO_TEST_CASE(requested_headers_are_granted_when_they_are_header_names)
{
    auto const granted = [](std::string_view requested) {
        std::string out;
        append_preflight(out, "GET, POST", requested);
        return out.find("X-Requested-With, x-own, y\r\n") != std::string::npos;
    };
    BOOST_TEST(granted("x-own, y"));
    BOOST_TEST(!granted("x-own; y"));
    BOOST_TEST(!granted("x\"own\", y"));
}

BOOST_AUTO_TEST_SUITE_END()
