#include "bayeux/detail/string_hash.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>

using namespace bayeux::detail;

BOOST_AUTO_TEST_SUITE(string_hash)

// Python 3.11 hashes bytes so: PYTHONHASHSEED=0 is a key of zeros, 42 the other one.

BOOST_AUTO_TEST_CASE(it_is_siphash_1_3)
{
    HashKey const zero;
    BOOST_TEST(keyed_hash(zero, "a") == 0x407448d2b89b1813U);
    BOOST_TEST(keyed_hash(zero, "abcdefg") == 0x6db12aae9070f506U);
    BOOST_TEST(keyed_hash(zero, "abcdefgh") == 0x3f7b849c0b8e35eaU);
    BOOST_TEST(keyed_hash(zero, "qd44u6naml2g5ataoajfj5pcea") == 0x438572f607e3dbacU);
    HashKey const key{0xdc504fd368cd90afU, 0xb920bb9ffe99e9c1U};
    BOOST_TEST(keyed_hash(key, "a") == 0xfe4a47335692551eU);
    BOOST_TEST(keyed_hash(key, "abcdefgh") == 0xb441be6d79f21056U);
    BOOST_TEST(keyed_hash(key, "/chat/demo") == 0xbb287622d4cf594fU);
}

BOOST_AUTO_TEST_CASE(without_the_key_nothing_is_known_of_a_hash)
{
    StringHash const one{{1, 2}};
    for (auto const* text : {"", "/chat/demo", "a"}) {
        BOOST_TEST(one(text) == StringHash(one)(text));
        for (auto const& other : {StringHash{{1, 3}}, StringHash{{0, 2}}})
            BOOST_TEST(one(text) != other(text));
    }
    NumberHash const of_number{{1, 2}};
    NumberHash const other{{2, 2}};
    BOOST_TEST(of_number(7) == NumberHash(of_number)(7));
    BOOST_TEST(of_number(7) != of_number(8));
    BOOST_TEST(of_number(7) != other(7));
}

BOOST_AUTO_TEST_CASE(secrets_are_the_same_when_all_of_them_is)
{
    BOOST_TEST(same_secret("", ""));
    BOOST_TEST(same_secret("abc", "abc"));
    BOOST_TEST(!same_secret("abc", "abd"));
    BOOST_TEST(!same_secret("abc", "xbc"));
    BOOST_TEST(!same_secret("abc", "ab"));
    BOOST_TEST(!same_secret("", "a"));
    BOOST_TEST(!same_secret("\x01", "\x81"));
    std::string const id = "qd44u6naml2g5ataoajfj5pcea";
    for (std::size_t size = 0; size <= id.size(); ++size) {
        auto const secret = id.substr(0, size);
        BOOST_TEST(same_secret(secret, id.substr(0, size)));
        for (std::size_t at = 0; at < size; ++at) {
            auto other = secret;
            other[at] = static_cast<char>(other[at] ^ 1);
            BOOST_TEST(!same_secret(secret, other), other);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
