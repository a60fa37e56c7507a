// The values of options, and what is refused. Where values come from: option_sources_test.cpp.

#include "server/browser_cookie.hpp"
#include "tests/options_fixture.hpp"

namespace bayeux::server {
namespace {

/// `option VALUE` is refused for each of the values, in a line that names both and says `allowed`.
void check_refused(
    std::string const& option, std::vector<std::string> const& values, std::string const& allowed)
{
    for (auto const& value : values) {
        BOOST_TEST(refused({option, value}) ==
                   "bayeuxd: command line: " + option + " '" + value + "' " + allowed);
    }
}

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(without_arguments_the_defaults_hold)
{
    Options const options = accepted({});
    BOOST_TEST(options.listen.size() == 1U);
    BOOST_TEST(to_string(options.listen.at(0)) == "127.0.0.1:8080");
    BOOST_TEST(options.path == std::vector<std::string>{"/cometd"});
    BOOST_TEST(options.www.empty());
    BOOST_TEST(options.services.empty());
    BOOST_TEST(options.allow_origin.empty());
    BOOST_TEST(options.extensions == (std::vector<std::string>{"ack", "timesync", "binary"}),
        boost::test_tools::per_element());
    BOOST_TEST(options.max_message_size == 1'048'576U);
    BOOST_TEST(options.max_header_size == 16'384U);
    BOOST_TEST(options.max_json_depth == 100U);
    BOOST_TEST(options.max_connections == 0U);
    BOOST_TEST(options.request_timeout.count() == 15'000);
    BOOST_TEST(options.keep_alive_timeout.count() == 65'000);
    BOOST_TEST(options.shutdown_timeout.count() == 5'000);
    BOOST_TEST(options.browser_cookie_name == "BAYEUX_BROWSER");
    BOOST_TEST(options.io_threads == 0U);
    BOOST_CHECK(options.log_level == LogLevel::info);
    BOOST_TEST(options.engine.timeout.count() == 30'000);
    BOOST_TEST(
        options.engine.allowed_transports ==
        (std::vector<std::string>{"websocket", "long-polling", "callback-polling", "eventsource"}));
}

BOOST_AUTO_TEST_CASE(every_option_reaches_its_member)
{
    TemporaryDirectory const www;
    Options const options = accepted({"--listen", "0.0.0.0:1", "--path", "/b", "--www", www.path(),
        "--services", "echo,chat", "--timeout", "2", "--interval", "3", "--max-interval", "4",
        "--max-message-size", "5", "--max-header-size", "6000", "--max-sessions-per-browser", "7",
        "--multi-session-interval", "8", "--trust-client-session", "false",
        "--meta-connect-deliver-only", "true", "--duplicate-meta-connect-http-response-code", "408",
        "--broadcast-to-publisher", "false", "--allow-origin", "https://example.org",
        "--io-threads", "9", "--allowed-transports", "long-polling", "--browser-cookie-name",
        "other", "--sweep-period", "10", "--max-batch", "11", "--max-channel-length", "120",
        "--max-subscriptions", "13", "--max-channels", "14", "--max-sessions", "15", "--max-queue",
        "16", "--max-queue-bytes", "17", "--decision-timeout", "18", "--max-json-depth", "19",
        "--max-connections", "20", "--request-timeout", "21", "--keep-alive-timeout", "22",
        "--shutdown-timeout", "23", "--log-level", "warning", "--extensions", "timesync,ack",
        "--max-inactivity", "24", "--max-channel-segments", "25", "--max-sessions-per-address",
        "26", "--max-handshake-rate-per-address", "27", "--max-message-rate", "28",
        "--max-message-rate-per-address", "29", "--max-total-queue-bytes", "30",
        "--max-connections-per-address", "31", "--ws.max-compression-ratio", "32"});
    EngineOptions const& engine = options.engine;
    BOOST_CHECK(options.listen == (std::vector<ListenAddress>{{"0.0.0.0", 1}}));
    BOOST_TEST(options.path == std::vector<std::string>{"/b"});
    BOOST_TEST(options.www == www.path());
    BOOST_TEST(options.services == (std::vector<std::string>{"echo", "chat"}),
        boost::test_tools::per_element());
    BOOST_TEST(options.extensions == (std::vector<std::string>{"timesync", "ack"}),
        boost::test_tools::per_element());
    BOOST_TEST(options.max_inactivity.count() == 24);
    BOOST_TEST(engine.timeout.count() == 2);
    BOOST_TEST(engine.interval.count() == 3);
    BOOST_TEST(engine.max_interval.count() == 4);
    BOOST_TEST(options.max_message_size == 5U);
    BOOST_TEST(options.max_header_size == 6'000U);
    BOOST_TEST(engine.max_sessions_per_browser == 7);
    BOOST_TEST(engine.multi_session_interval.count() == 8);
    BOOST_CHECK(engine.trust_client_session == TrustClientSession::no);
    BOOST_TEST(engine.meta_connect_deliver_only);
    BOOST_TEST(engine.duplicate_meta_connect_http_response_code == 408);
    BOOST_TEST(!engine.broadcast_to_publisher);
    BOOST_TEST(options.allow_origin == std::vector<std::string>{"https://example.org"});
    BOOST_TEST(options.io_threads == 9U);
    BOOST_TEST(options.browser_cookie_name == "other");
    BOOST_TEST(engine.sweep_period.count() == 10);
    BOOST_TEST(engine.max_batch == 11U);
    BOOST_TEST(engine.max_channel_length == 120U);
    BOOST_TEST(engine.max_channel_segments == 25U);
    BOOST_TEST(engine.max_sessions_per_address == 26U);
    BOOST_TEST(engine.max_handshake_rate_per_address == 27U);
    BOOST_TEST(engine.max_message_rate == 28U);
    BOOST_TEST(engine.max_message_rate_per_address == 29U);
    BOOST_TEST(engine.max_total_queue_bytes == 30U);
    BOOST_TEST(options.max_connections_per_address == 31U);
    BOOST_TEST(options.ws_max_compression_ratio == 32U);
    BOOST_TEST(engine.max_subscriptions == 13U);
    BOOST_TEST(engine.max_channels == 14U);
    BOOST_TEST(engine.max_sessions == 15U);
    BOOST_TEST(engine.max_queue == 16U);
    BOOST_TEST(engine.max_queue_bytes == 17U);
    BOOST_TEST(engine.decision_timeout.count() == 18);
    BOOST_TEST(options.max_json_depth == 19U);
    BOOST_TEST(options.max_connections == 20U);
    BOOST_TEST(options.request_timeout.count() == 21);
    BOOST_TEST(options.keep_alive_timeout.count() == 22);
    BOOST_TEST(options.shutdown_timeout.count() == 23);
    BOOST_CHECK(options.log_level == LogLevel::warning);
}

BOOST_AUTO_TEST_CASE(listen_takes_addresses_with_ports)
{
    auto const listen = [](std::string const& text) { return accepted({"--listen", text}).listen; };
    BOOST_CHECK(listen("192.0.2.7:80") == (std::vector<ListenAddress>{{"192.0.2.7", 80}}));
    BOOST_CHECK(listen("[::1]:8080") == (std::vector<ListenAddress>{{"::1", 8080}}));
    BOOST_CHECK(listen(":8080") == (std::vector<ListenAddress>{{"", 8080}}));
    BOOST_CHECK(listen("127.0.0.1:0") == (std::vector<ListenAddress>{{"127.0.0.1", 0}}));
    BOOST_CHECK(listen(":65535,[::]:1") == (std::vector<ListenAddress>{{"", 65'535}, {"::", 1}}));
    for (std::string const text : {"127.0.0.1:8080", "[2001:db8::1]:443", ":0"}) {
        BOOST_TEST(to_string(listen(text).at(0)) == text);
    }
}

BOOST_AUTO_TEST_CASE(listen_refuses_what_is_no_address)
{
    check_refused("--listen",
        {"8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:http",
            "::1:8080", "[::1]", "[127.0.0.1]:80", "[]:80", "127.0.0.256:80", "localhost:80",
            "[:80"},
        "must be ADDRESS:PORT, where ADDRESS is an IPv4 address, an IPv6 address in brackets or "
        "nothing for all interfaces, and PORT is 0 to 65535");
}

BOOST_AUTO_TEST_CASE(a_path_is_taken_in_its_normal_form)
{
    auto const path = [](std::string const& text) { return accepted({"--path", text}).path.at(0); };
    BOOST_TEST(path("/cometd") == "/cometd");
    BOOST_TEST(path("/cometd/") == "/cometd");
    BOOST_TEST(path("/a/b.c/") == "/a/b.c");
    BOOST_TEST(path("/") == "/");
    BOOST_TEST(path("//") == "/");
}

BOOST_AUTO_TEST_CASE(a_path_that_no_request_can_have_is_refused)
{
    check_refused("--path",
        {"cometd", "http://example.org/cometd", "/a//b", "/a/../b", "/a/.", "/..", "/a?b", "/a#b",
            "/a b", "/a%20b", "/\xc3\xa4"},
        "must begin with '/' and hold only what the path of a URL may hold, without '%', ',', "
        "'//', '/./' and '/../'");
}

BOOST_AUTO_TEST_CASE(www_must_be_a_directory)
{
    TemporaryDirectory const directory;
    auto const file = directory.write("file", "");
    check_refused("--www", {file, directory.path() + "/missing"}, "must be an existing directory");
    check_refused("--www", {directory.path() + "#1", directory.path() + " "},
        "must not hold '#' or control characters, nor blanks at its ends");
    BOOST_TEST(accepted({"--www", ""}).www.empty());
}

BOOST_AUTO_TEST_CASE(allow_origin_takes_exact_origins_and_wildcards)
{
    std::vector<std::string> const origins{"https://example.org", "http://example.org:8080",
        "https://*.example.org", "https://*.example.org:8443", "http://127.0.0.1:*", "http://[::1]",
        "http://[::1]:*", "http://localhost", "chrome-extension://abcdef", "*"};
    for (auto const& origin : origins) {
        BOOST_TEST(accepted({"--allow-origin", origin}).allow_origin.at(0) == origin);
    }
    BOOST_TEST(accepted({"--allow-origin", "HTTPS://Example.ORG"}).allow_origin.at(0) ==
               "https://example.org");
}

BOOST_AUTO_TEST_CASE(allow_origin_refuses_what_no_browser_sends)
{
    check_refused("--allow-origin",
        {"example.org", "https://", "https://example.org/", "https://example.org/app",
            "https://example.org:", "https://example.org:0", "https://example.org:65536",
            "https://user@example.org", "https://*", "https://*example.org", "https://a.*.org",
            "https://.example.org", "https://a..org", "https://exa mple.org", "://example.org",
            "http://[127.0.0.1]", "**", "null"},
        "must be an origin such as https://example.org, https://*.example.org or "
        "http://127.0.0.1:*, or '*' for any origin; without a path");
}

BOOST_AUTO_TEST_CASE(trusted_proxies_are_addresses_and_networks)
{
    std::vector<std::string> const networks{"127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"};
    for (auto const& network : networks)
        BOOST_TEST(accepted({"--trusted-proxy", network}).trusted_proxy ==
                   std::vector<std::string>{network});
    BOOST_TEST(accepted({"--trusted-proxy", "127.0.0.1,::1"}).trusted_proxy.size() == 2U);
    check_refused("--trusted-proxy",
        {"localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.1:80", "[::1]", "*"},
        "must be an IP address, or the network of some such as 192.0.2.0/24 or 2001:db8::/32");
}

BOOST_AUTO_TEST_CASE(times_are_whole_milliseconds)
{
    check_refused("--timeout", {"", "-1", "1.5", "30s", "0x10", "+1", " 1", "1e3", "2147483648"},
        "must be a whole number of milliseconds from 0 to 2147483647");
    check_refused(
        "--request-timeout", {"0"}, "must be a whole number of milliseconds from 1 to 2147483647");
    BOOST_TEST(accepted({"--timeout", "2147483647"}).engine.timeout.count() == 2'147'483'647);
    BOOST_TEST(accepted({"--timeout", "0"}).engine.timeout.count() == 0);
}

BOOST_AUTO_TEST_CASE(sizes_and_counts_are_positive)
{
    check_refused("--max-message-size", {"0", "-1", "1M"},
        "must be a whole number of bytes from 1 to 2147483647");
    check_refused(
        "--max-queue", {"0", "-1"}, "must be a whole number of messages from 1 to 2147483647");
    check_refused(
        "--max-header-size", {"1023"}, "must be a whole number of bytes from 1024 to 2147483647");
    check_refused(
        "--max-channel-length", {"31"}, "must be a whole number of bytes from 32 to 2147483647");
    check_refused(
        "--max-json-depth", {"3"}, "must be a whole number of levels from 4 to 2147483647");
    check_refused(
        "--max-connections", {"-1"}, "must be a whole number of connections from 0 to 2147483647");
    check_refused("--io-threads", {"1025"}, "must be a whole number of threads from 0 to 1024");
}

BOOST_AUTO_TEST_CASE(negative_numbers_are_taken_where_they_mean_something)
{
    BOOST_TEST(
        accepted({"--max-sessions-per-browser", "-1"}).engine.max_sessions_per_browser == -1);
    BOOST_TEST(
        accepted({"--multi-session-interval=-5"}).engine.multi_session_interval.count() == -5);
}

BOOST_AUTO_TEST_CASE(the_response_code_for_duplicates_is_an_error)
{
    check_refused("--duplicate-meta-connect-http-response-code", {"200", "399", "600", "-1"},
        "must be a whole number of HTTP status codes from 400 to 599");
    BOOST_TEST(accepted({"--duplicate-meta-connect-http-response-code", "599"})
                   .engine.duplicate_meta_connect_http_response_code == 599);
}

BOOST_AUTO_TEST_CASE(words_are_taken_as_they_are_spelled)
{
    check_refused("--meta-connect-deliver-only", {"", "yes", "1", "TRUE"}, "must be true, false");
    check_refused("--trust-client-session", {"no", "automatic"}, "must be auto, true, false");
    check_refused("--log-level", {"warn", "INFO"}, "must be debug, info, warning, error");
    auto const trust = [](std::string const& text) {
        return accepted({"--trust-client-session", text}).engine.trust_client_session;
    };
    BOOST_CHECK(trust("auto") == TrustClientSession::automatic);
    BOOST_CHECK(trust("true") == TrustClientSession::yes);
}

BOOST_AUTO_TEST_CASE(unknown_services_and_transports_are_refused)
{
    BOOST_TEST(refused({"--services", "chat,chess"})
                   .starts_with("bayeuxd: command line: --services 'chat,chess' must be of these: "
                                "calculator, chat, "));
    BOOST_TEST(refused({"--services", "chat,chat"}) ==
               "bayeuxd: command line: --services 'chat,chat' must not be named twice");
    BOOST_TEST(refused({"--allowed-transports", "smoke"}) ==
               "bayeuxd: command line: --allowed-transports 'smoke' must be of these: websocket, "
               "long-polling, callback-polling, eventsource");
}

BOOST_AUTO_TEST_CASE(a_cookie_name_is_fit_for_a_header)
{
    check_refused("--browser-cookie-name", {"", "a b", "a=b", "a;b"},
        "must consist of letters, digits, '-', '_' and '.'");
    BOOST_TEST(
        accepted({"--browser-cookie-name", "My-Cookie_1"}).browser_cookie_name == "My-Cookie_1");
}

BOOST_AUTO_TEST_CASE(the_browser_cookie_has_the_attributes_asked_for_in_their_order)
{
    auto const attributes = [](Arguments const& arguments) {
        return browser_cookie_attributes(accepted(arguments));
    };
    BOOST_TEST(attributes({}) == "; Path=/; HttpOnly");
    BOOST_TEST(attributes({"--browser-cookie-http-only", "false"}) == "; Path=/");
    BOOST_TEST(attributes({"--browser-cookie-max-age", "0"}) == "; Path=/; Max-Age=0; HttpOnly");
    BOOST_TEST(attributes({"--browser-cookie-same-site", "Lax", "--browser-cookie-domain", ""}) ==
               "; Path=/; HttpOnly; SameSite=Lax");
    BOOST_TEST(
        attributes({"--browser-cookie-domain", ".example.org", "--browser-cookie-path", "/a/",
            "--browser-cookie-max-age", "60", "--browser-cookie-secure", "true",
            "--browser-cookie-same-site", "None", "--browser-cookie-partitioned", "true"}) ==
        "; Domain=example.org; Path=/a/; Max-Age=60; HttpOnly; Secure; SameSite=None; Partitioned");
}

BOOST_AUTO_TEST_CASE(a_subprotocol_is_fit_for_a_header)
{
    check_refused("--ws.protocol", {"a b", "a,b", "a#b", "a\"", "\xc3\xa9"},
        "must consist of letters, digits and !$%&'*+-.^_`|~");
    BOOST_TEST(accepted({"--ws.protocol", "bayeux.v1"}).ws_protocol == "bayeux.v1");
    BOOST_TEST(accepted({"--ws.protocol", ""}).ws_protocol.empty());
}

BOOST_AUTO_TEST_CASE(an_attribute_of_the_cookie_is_fit_for_a_header)
{
    check_refused("--browser-cookie-domain", {"a b", "a;b", "..", "[::1]"},
        "must be the name of a host or a domain");
    check_refused("--browser-cookie-path", {"", "a", "/a;b", "/a,b", "/a b"},
        "must begin with '/' and hold only what the path of a URL may hold, without ',' and ';'");
    check_refused(
        "--browser-cookie-same-site", {"none", "Never"}, "must be Strict, Lax, None or empty");
    check_refused("--browser-cookie-max-age", {"-2", "1h"},
        "must be a whole number of seconds from -1 to 2147483647");
}

BOOST_AUTO_TEST_CASE(a_cookie_that_browsers_would_refuse_is_no_configuration)
{
    BOOST_TEST(refused({"--browser-cookie-same-site", "None"}) ==
               "bayeuxd: browser-cookie-same-site 'None' needs browser-cookie-secure 'true', or "
               "browsers refuse the cookie");
    BOOST_TEST(refused({"--browser-cookie-partitioned", "true", "--check-config"}) ==
               "bayeuxd: browser-cookie-partitioned 'true' needs browser-cookie-secure 'true', or "
               "browsers refuse the cookie");
    BOOST_TEST(refused({"--browser-cookie-name", "__Secure-b"}) ==
               "bayeuxd: browser-cookie-name '__Secure-b' needs browser-cookie-secure 'true', or "
               "browsers refuse the cookie");
    Arguments const host{"--browser-cookie-name", "__Host-b", "--browser-cookie-secure", "true"};
    accepted(host);
    for (auto const& [option, value] : {std::pair{"--browser-cookie-path", "/x"},
             std::pair{"--browser-cookie-domain", "example.org"}}) {
        auto arguments = host;
        arguments.insert(arguments.end(), {option, value});
        BOOST_TEST(refused(arguments) ==
                   "bayeuxd: browser-cookie-name '__Host-b' needs browser-cookie-path '/' and no "
                   "browser-cookie-domain, or browsers refuse the cookie");
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::server
