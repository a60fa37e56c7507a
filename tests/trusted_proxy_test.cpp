// Whom a proxy speaks for: addresses, the PROXY protocol, X-Forwarded-For.

#include "server/address_quota.hpp"
#include "server/network.hpp"
#include "server/proxy_header.hpp"
#include "server/refusals.hpp"
#include "tests/http_fixture.hpp"
#include "tests/websocket_driver.hpp"

using namespace bayeux;
using namespace bayeux::server;
using namespace std::string_literals;

namespace {

constexpr auto proxy = "10.0.0.1:4711";
constexpr auto stranger = "203.0.113.9:4711";
constexpr auto body = R"([{"channel":"/a"}])";

std::string name(std::optional<Node> const& node)
{
    return node ? peer_name(node->address, node->port) : "none";
}

std::string binary_header(std::uint8_t command, std::uint8_t family, std::string_view rest)
{
    auto bytes = "\r\n\r\n\0\r\nQUIT\n"s;
    bytes += static_cast<char>(command);
    bytes += static_cast<char>(family);
    bytes += static_cast<char>(rest.size() >> 8U);
    bytes += static_cast<char>(rest.size() & 0xffU);
    return bytes.append(rest);
}

/// From 192.0.2.1, port 443 to 198.51.100.1, port 80.
auto const ipv4_pair = "\xc0\x00\x02\x01\xc6\x33\x64\x01\x01\xbb\x00\x50"s;
/// From 2001:db8::1, port 256.
auto const ipv6_pair = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s +
                       std::string(16, '\x11') + "\x01\x00\x00\x50"s;

struct Trusting : HttpSettings {
    Trusting() { trusted_proxies = Networks({"10.0.0.0/8", "2001:db8:1::/48"}); }

    /// Who has sent each request that came of `bytes` from `peer`.
    std::vector<std::string> senders(std::string_view bytes, char const* peer = proxy) const
    {
        std::vector<std::string> all;
        HttpDriver driver(*this, peer);
        driver.engine = [&](BayeuxRequest const& request) {
            all.push_back(driver.connection.client());
            return echo(request);
        };
        driver.send(bytes);
        return all;
    }
    std::string sender(std::string_view bytes, char const* peer = proxy) const
    {
        auto const all = senders(bytes, peer);
        BOOST_TEST_REQUIRE(all.size() == 1U);
        return all.front();
    }
    std::string forwarded(std::string_view value, char const* peer = proxy) const
    {
        return sender(
            post(body, std::string("X-Forwarded-For: ").append(value).append("\r\n")), peer);
    }
    unsigned refusal_of(std::string_view bytes, char const* peer = proxy) const
    {
        Refusals counted;
        HttpSettings settings = *this;
        settings.refusals = &counted;
        HttpDriver driver(settings, peer);
        driver.send(bytes);
        BOOST_TEST(driver.connection.closing());
        BOOST_TEST(driver.requests.empty());
        auto const status = take_response(driver.output).status;
        BOOST_TEST(counted.count(status) == 1U);
        return status;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trusted_proxy, Trusting)

// Addresses

BOOST_AUTO_TEST_CASE(an_address_stands_alone_or_before_a_port)
{
    BOOST_TEST(name(parse_node("192.0.2.1")) == "192.0.2.1:");
    BOOST_TEST(name(parse_node(" 192.0.2.1:80 ")) == "192.0.2.1:80");
    BOOST_TEST(name(parse_node("2001:DB8:0::1")) == "[2001:db8::1]:");
    BOOST_TEST(name(parse_node("[2001:db8::1]")) == "[2001:db8::1]:");
    BOOST_TEST(name(parse_node("[2001:db8::1]:443")) == "[2001:db8::1]:443");
    BOOST_TEST(name(parse_node("::ffff:192.0.2.1")) == "192.0.2.1:");
    BOOST_TEST(name(parse_node("[fe80::1%eth0]:1")) == "[fe80::1]:1");
    for (auto const* text : {"", "unknown", "_hidden", "192.0.2", "192.0.2.256",
             "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:x", "192.0.2.1:080", "[192.0.2.1]:80",
             "[2001:db8::1", "2001:db8::1]", "[2001:db8::1]x", "1:2:3", "192.0.2.1/24", "local"})
        BOOST_TEST(!parse_node(text), text);
}

BOOST_AUTO_TEST_CASE(a_network_has_the_addresses_that_begin_as_it_does)
{
    auto const has = [](char const* network, char const* address) {
        return Networks({network}).contains(parse_address(address).value());
    };
    BOOST_TEST(has("192.0.2.0/24", "192.0.2.255"));
    BOOST_TEST(!has("192.0.2.0/24", "192.0.3.0"));
    BOOST_TEST(has("192.0.2.77/24", "192.0.2.1"));
    BOOST_TEST(has("192.0.2.64/26", "192.0.2.127"));
    BOOST_TEST(!has("192.0.2.64/26", "192.0.2.128"));
    BOOST_TEST(has("192.0.2.1", "192.0.2.1"));
    BOOST_TEST(!has("192.0.2.1", "192.0.2.2"));
    BOOST_TEST(has("192.0.2.1", "::ffff:192.0.2.1"));
    BOOST_TEST(has("0.0.0.0/0", "255.0.0.1"));
    BOOST_TEST(!has("0.0.0.0/0", "::1"));
    BOOST_TEST(has("::/0", "::1"));
    BOOST_TEST(!has("::/0", "192.0.2.1"));
    BOOST_TEST(has("2001:db8::/33", "2001:db8:7fff::1"));
    BOOST_TEST(!has("2001:db8::/33", "2001:db8:8000::1"));
    BOOST_TEST(has("2001:db8::1", "2001:db8::1"));
    BOOST_TEST(!has("2001:db8::1", "2001:db8::2"));
    for (auto const* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
             "10.0.0/8", "::/129", "::ffff:10.0.0.0/104", "fe80::1%eth0", "localhost"})
        BOOST_TEST(!parse_network(text).has_value(), text);
}

// The PROXY protocol

BOOST_AUTO_TEST_CASE(a_connection_may_begin_with_whom_it_is_for)
{
    auto const request = post(body);
    for (auto const& [header, client] : std::vector<std::pair<std::string, std::string>>{
             {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", "192.0.2.1:56324"},
             {"PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n", "[2001:db8::1]:0"},
             {"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n", "192.0.2.1:1"},
             {"PROXY UNKNOWN\r\n", proxy}, {"PROXY UNKNOWN ffff::1 what ever\r\n", proxy},
             {binary_header(0x21, 0x11, ipv4_pair), "192.0.2.1:443"},
             {binary_header(0x21, 0x11, ipv4_pair + "\x04\x00\x01x"s), "192.0.2.1:443"},
             {binary_header(0x21, 0x21, ipv6_pair), "[2001:db8::1]:256"},
             {binary_header(0x20, 0x11, ipv4_pair), proxy}, // LOCAL: the proxy looks after us
             {binary_header(0x20, 0x00, ""), proxy}, {binary_header(0x21, 0x00, ""), proxy},
             {binary_header(0x21, 0x31, std::string(216, 'x')), proxy}, // over a UNIX socket
             {"", proxy}}) {
        BOOST_TEST(sender(header + request) == client, header);
        BOOST_TEST((senders(header + request + request) == std::vector{client, client}), header);
    }
}

BOOST_AUTO_TEST_CASE(a_bad_proxy_header_ends_the_connection)
{
    for (auto const& header : std::vector<std::string>{"PROXY \r\n", "PROXY TCP4\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n",
             "PROXY TCP4  192.0.2.1 198.51.100.1 56324 443\r\n",
             "PROXY TCP4 2001:db8::1 2001:db8::2 56324 443\r\n",
             "PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
             "PROXY TCP4 192.0.2.1 198.51.100.1 56324 65536\r\n",
             "PROXY UDP4 192.0.2.1 198.51.100.1 56324 443\r\n", "PROXY UNKNOWNS\r\n",
             "PROXY " + std::string(107, 'x') + "\r\n", binary_header(0x11, 0x11, ipv4_pair),
             binary_header(0x22, 0x11, ipv4_pair), binary_header(0x21, 0x11, "\x01"),
             binary_header(0x21, 0x21, ipv4_pair),
             binary_header(0x21, 0x11, std::string(max_proxy_header_size, 'x'))})
        BOOST_TEST(refusal_of(header + post(body)) == 400U, header);
}

BOOST_AUTO_TEST_CASE(a_proxy_header_from_a_stranger_is_a_bad_request)
{
    for (auto const& header :
        {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"s, binary_header(0x21, 0x11, ipv4_pair)})
        BOOST_TEST(refusal_of(header + post(body), stranger) == 400U, header);
}

BOOST_AUTO_TEST_CASE(a_proxy_header_comes_once)
{
    auto const header = "PROXY TCP4 10.0.0.2 198.51.100.1 56324 443\r\n"s;
    BOOST_TEST(refusal_of(header + header + post(body)) == 400U);
}

BOOST_AUTO_TEST_CASE(a_proxy_header_may_come_in_pieces)
{
    for (auto const& header : {"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"s,
             binary_header(0x21, 0x21, ipv6_pair + "\x04\x00\x01x"s), "PROXY TCP4 x\r\n"s, "PROX"s,
             "\r\n\r\n"s, "\r\n\r\n\0\r\n"s, "P"s, ""s}) {
        auto const bytes = header + post(body);
        auto const view = std::string_view(bytes);
        HttpDriver whole(*this, proxy);
        whole.send(bytes);
        for (std::size_t at = 1; at < view.size(); ++at) {
            HttpDriver split(*this, proxy);
            split.send(view.substr(0, at));
            split.send(view.substr(at));
            BOOST_TEST(split.output == whole.output);
            BOOST_TEST(split.connection.client() == whole.connection.client());
            BOOST_TEST(split.connection.closing() == whole.connection.closing());
        }
        HttpDriver bytewise(*this, proxy);
        for (auto const byte : bytes)
            bytewise.send({&byte, 1});
        BOOST_TEST(bytewise.output == whole.output);
        BOOST_TEST(bytewise.connection.client() == whole.connection.client());
    }
}

BOOST_AUTO_TEST_CASE(a_proxy_header_that_does_not_end_is_answered_408)
{
    Refusals counted;
    refusals = &counted;
    HttpDriver driver(*this, proxy);
    BOOST_TEST(driver.connection.idle());
    driver.send("PROXY TCP4");
    BOOST_TEST(!driver.connection.idle());
    driver.connection.time_out(driver.output);
    BOOST_TEST(counted.count(408) == 1U);
    BOOST_TEST(take_response(driver.output).status == 408U);
    BOOST_TEST(driver.connection.closing());
}

// X-Forwarded-For

BOOST_AUTO_TEST_CASE(the_client_is_the_last_address_that_is_no_trusted_proxy)
{
    BOOST_TEST(forwarded("192.0.2.1") == "192.0.2.1:4711");
    BOOST_TEST(forwarded("192.0.2.1:99") == "192.0.2.1:99");
    BOOST_TEST(forwarded("2001:db8::1") == "[2001:db8::1]:4711");
    BOOST_TEST(forwarded("\"[2001:db8::1]:99\"") == proxy); // that is how Forwarded has it
    BOOST_TEST(forwarded("[2001:db8::1]:99") == "[2001:db8::1]:99");
    BOOST_TEST(forwarded("198.51.100.7, 192.0.2.1") == "192.0.2.1:4711");
    BOOST_TEST(forwarded("198.51.100.7,192.0.2.1,10.1.1.1 , 2001:db8:1::7") == "192.0.2.1:4711");
    BOOST_TEST(forwarded("10.0.0.3, 10.0.0.2") == "10.0.0.3:4711");
    BOOST_TEST(forwarded("192.0.2.1, 10.0.0.2", "[2001:db8:1::1]:5") == "192.0.2.1:5");
    BOOST_TEST(sender(post(body)) == proxy);
}

BOOST_AUTO_TEST_CASE(several_headers_are_one_list)
{
    BOOST_TEST(sender(post(body, "X-Forwarded-For: 198.51.100.7\r\nx-forwarded-for: 192.0.2.1\r\n"
                                 "X-FORWARDED-FOR: 10.0.0.2\r\n")) == "192.0.2.1:4711");
}

BOOST_AUTO_TEST_CASE(what_is_behind_no_address_is_not_believed)
{
    BOOST_TEST(forwarded("") == proxy);
    BOOST_TEST(forwarded("unknown") == proxy);
    BOOST_TEST(forwarded("192.0.2.1, unknown") == proxy);
    BOOST_TEST(forwarded("192.0.2.1, unknown, 10.0.0.2") == "10.0.0.2:4711");
    BOOST_TEST(forwarded("192.0.2.1,") == proxy);
    BOOST_TEST(forwarded(",192.0.2.1") == "192.0.2.1:4711");
}

BOOST_AUTO_TEST_CASE(a_stranger_is_not_believed_whom_it_speaks_for)
{
    BOOST_TEST(forwarded("192.0.2.1", stranger) == stranger);
    BOOST_TEST(forwarded("10.0.0.1", stranger) == stranger);
    HttpSettings const trusting_nobody;
    HttpDriver driver(trusting_nobody, proxy);
    driver.send(post(body, "X-Forwarded-For: 192.0.2.1\r\n"));
    BOOST_TEST(driver.connection.client() == proxy);
}

BOOST_AUTO_TEST_CASE(who_is_behind_a_proxy_header_is_believed_when_it_is_a_proxy_itself)
{
    auto const request = post(body, "X-Forwarded-For: 192.0.2.1\r\n");
    BOOST_TEST(sender("PROXY TCP4 10.0.0.2 10.0.0.1 7 80\r\n" + request) == "192.0.2.1:7");
    BOOST_TEST(sender("PROXY TCP4 198.51.100.7 10.0.0.1 7 80\r\n" + request) == "198.51.100.7:7");
}

BOOST_AUTO_TEST_CASE(each_request_on_a_connection_has_its_own_client)
{
    auto const of = [](std::string const& address) {
        return post(body, "X-Forwarded-For: " + address + "\r\n");
    };
    BOOST_TEST((senders(of("192.0.2.1") + of("192.0.2.2") + post(body)) ==
                std::vector<std::string>{"192.0.2.1:4711", "192.0.2.2:4711", proxy}));
}

BOOST_AUTO_TEST_CASE(a_websocket_belongs_to_the_client_of_its_upgrade)
{
    HttpDriver driver(*this, proxy);
    driver.send(upgrade_request("X-Forwarded-For: 192.0.2.1\r\n"));
    BOOST_TEST(driver.connection.upgraded());
    BOOST_TEST(driver.connection.client() == "192.0.2.1:4711");
}

// Limits

BOOST_AUTO_TEST_CASE(a_client_behind_a_proxy_has_places_for_what_it_waits_for_at_a_time)
{
    AddressQuota quota(2);
    address_quota = &quota;
    Refusals counted;
    refusals = &counted;
    auto const request = post(body, "X-Forwarded-For: 192.0.2.1\r\n");
    HttpDriver poll(*this, proxy);
    poll.engine = nullptr;
    poll.send(request);
    HttpDriver socket(*this, proxy);
    socket.send(upgrade_request("X-Forwarded-For: 192.0.2.1\r\n"));
    BOOST_TEST(socket.connection.upgraded());
    for (unsigned n = 1; n <= 2; ++n) {
        HttpDriver third(*this, proxy);
        third.send(request);
        BOOST_TEST(counted.count(503) == n);
        auto const answer = take_response(third.output);
        BOOST_TEST(answer.status == 503U);
        BOOST_TEST(answer["Retry-After"] == "10");
        BOOST_TEST(third.connection.closing());
    }
    BOOST_TEST(forwarded("192.0.2.2") == "192.0.2.2:4711"); // others are not concerned
    BOOST_TEST(sender(post(body)) == proxy);
    poll.answer(echo(poll.requests[0]));
    HttpDriver fourth(*this, proxy);
    fourth.send(request + request + request); // one after the other
    BOOST_TEST(fourth.requests.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_connection_for_a_client_is_one_of_its_connections)
{
    AddressQuota quota(1);
    address_quota = &quota;
    auto const begin = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"s;
    {
        HttpDriver first(*this, proxy);
        first.send(begin);
        HttpDriver second(*this, proxy);
        second.send(begin + post(body));
        BOOST_TEST(take_response(second.output).status == 503U);
        BOOST_TEST(second.requests.empty());
        first.send(post(body) + post(body));
        BOOST_TEST(first.requests.size() == 2U);
    }
    BOOST_TEST(sender(begin + post(body)) == "192.0.2.1:56324");
}

BOOST_AUTO_TEST_SUITE_END()
