#include "bayeux/detail/network.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

using bayeux::detail::network_of;

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(an_ipv4_address_is_a_network_of_its_own_whatever_the_port)
{
    BOOST_TEST(network_of("192.0.2.1:80").value() == 0xc000'0201U);
    BOOST_TEST(network_of("192.0.2.1:65535").value() == 0xc000'0201U);
    BOOST_TEST(network_of("0.0.0.0:0").value() == 0U);
    BOOST_TEST(network_of("255.255.255.255:1").value() == 0xffff'ffffU);
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_is_its_first_half)
{
    constexpr std::uint64_t documentation = 0x2001'0db8'0001'0002;
    for (std::string_view const address :
        {"[2001:db8:1:2:3:4:5:6]:1", "[2001:db8:1:2::1]:1", "[2001:0DB8:1:2::]:1"})
        BOOST_TEST(network_of(address).value() == documentation, address);
    for (auto const& [address, half] :
        {std::pair{"[::]:1", std::uint64_t{0}}, std::pair{"[::1]:1", std::uint64_t{0}},
            std::pair{"[fe80::1%eth0]:1", std::uint64_t{0xfe80'0000'0000'0000}},
            std::pair{"[2001::5:6:7:8:9]:1", std::uint64_t{0x2001'0000'0000'0005}},
            std::pair{"[1::8]:1", std::uint64_t{0x0001'0000'0000'0000}},
            std::pair{"[1:2::3:4:5:6:7]:1", std::uint64_t{0x0001'0002'0000'0003}},
            std::pair{"[1:2:3:4:5:6:7::]:1", std::uint64_t{0x0001'0002'0003'0004}},
            std::pair{"[::2:3:4:5:6:7:8]:1", std::uint64_t{0x0000'0002'0003'0004}},
            std::pair{"[1:2:3:4:5:6:192.0.2.1]:1", std::uint64_t{0x0001'0002'0003'0004}},
            std::pair{"[::ffff:192.0.2.1]:1", std::uint64_t{0}}})
        BOOST_TEST(network_of(address).value() == half, address);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_has_no_network)
{
    for (std::string_view const peer : {"", "local", ":", ":1", "1.2.3:1", "1.2.3.4.5:1",
             "256.1.1.1:1", "1.2.3.x:1", "1.2..4:1", "1.2.3.4", "+1.2.3.4:1", "[]:1", "[:]:1",
             "[:::]:1", "[1]:1", "[1:2:3:4:5:6:7]:1", "[1:2:3:4:5:6:7:8:9]:1", "[1::2::3]:1",
             "[1:2:3:4:5:6:7:8::]:1", "[12345::]:1", "[g::]:1", "[1:2:3:4:5:6:7:]:1",
             "[1:2:3:4:5:6:7:1.2.3.4]:1", "[1:2:3:4:5:6:7:8", "[::1.2.3]:1"})
        BOOST_TEST(!network_of(peer), peer);
}

BOOST_AUTO_TEST_SUITE_END()
