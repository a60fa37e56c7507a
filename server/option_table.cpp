#include "server/option_table.hpp"

#include "server/ascii.hpp"
#include "server/option_builders.hpp"
#include "server/program_info.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace bayeux::server {
namespace {

constexpr Unit bytes{"BYTES", "bytes"};
constexpr Unit channels{"N", "channels"};
constexpr Unit connections{"N", "connections"};
constexpr Unit http_status{"STATUS", "HTTP status codes"};
constexpr Unit jobs{"N", "jobs"};
constexpr Unit levels{"N", "levels"};
constexpr Unit messages{"N", "messages"};
constexpr Unit milliseconds{"MS", "milliseconds"};
constexpr Unit handshakes_per_second{"N", "handshakes per second"};
constexpr Unit messages_per_second{"N", "messages per second"};
constexpr Unit seconds{"SECONDS", "seconds"};
constexpr Unit segments{"N", "segments"};
constexpr Unit sessions{"N", "sessions"};
constexpr Unit subscriptions{"N", "subscriptions"};
constexpr Unit threads{"N", "threads"};
constexpr Unit times{"N", "times"};

/// The names of the meta channels have to fit.
constexpr std::int64_t smallest_channel_length = 32;
constexpr std::int64_t smallest_channel_segments = 2;
/// An array of messages with an `ext` whose members are objects.
constexpr std::int64_t smallest_json_depth = 4;
/// The head of an ordinary browser's request.
constexpr std::int64_t smallest_header_size = 1'024;

constexpr std::string_view operation = "Operation";

OptionSpec flag(std::string name, std::string value_name, std::string help)
{
    return {std::string(operation), std::move(name), std::move(value_name), std::move(help)};
}

/// A list that has to keep an element at least.
OptionSpec never_empty(OptionSpec list)
{
    list.may_be_empty = false;
    return list;
}

/// The options of the server itself.
std::vector<OptionSpec> own_options(std::vector<std::string> const& services)
{
    constexpr std::string_view network = "Network";
    constexpr std::string_view bayeux = "Bayeux";
    constexpr std::string_view browsers = "Browsers";
    constexpr std::string_view limits = "Limits";
    constexpr std::string_view websocket = "WebSocket";
    using E = EngineOptions;
    using O = Options;
    auto const listen_text = [](ListenAddress const& address) { return to_string(address); };

    return {
        never_empty(
            list(network, "listen", "ADDRESS:PORT", parse_listen_address, listen_text, &O::listen,
                "where to accept connections; ':8080': on all interfaces, port 0: any free port; "
                "repeatable")),
        never_empty(texts(network, "path", "PATH", parse_path, &O::path,
            "URL path of the Bayeux server, with everything below it; repeatable")),
        text(network, "www", "DIR", parse_directory, &O::www,
            "serve the files of this directory at all other paths"),
        texts(network, "allow-origin", "ORIGIN", parse_origin, &O::allow_origin,
            "origins whose pages may use the server too: https://example.org, "
            "https://*.example.org, http://127.0.0.1:* or * (any one: for trials only); "
            "repeatable"),
        texts(network, "trusted-proxy", "NETWORK", parse_trusted_proxy, &O::trusted_proxy,
            "proxies that are believed whom they speak for, by X-Forwarded-For or the PROXY "
            "protocol: an address, or 192.0.2.0/24, 2001:db8::/32; repeatable"),
        number(network, "request-timeout", milliseconds, 1, &O::request_timeout,
            "from the first byte of a request to its last; also how long an answer may stay "
            "unread"),
        number(network, "keep-alive-timeout", milliseconds, 1, &O::keep_alive_timeout,
            "how long a connection without a request stays open"),

        names(bayeux, "services", services, &O::services,
            "services to run: " + joined(services, ", ") + "; comma separated"),
        never_empty(names(bayeux, "allowed-transports", EngineOptions().allowed_transports,
            &E::allowed_transports,
            "transports that are served, in the order clients are told; comma separated")),
        names(bayeux, "extensions", {"ack", "timesync", "timestamp", "activity", "binary"},
            &O::extensions,
            "extensions of the protocol: ack, timesync, timestamp, activity, binary; comma "
            "separated, empty: none"),
        number(bayeux, "max-inactivity", milliseconds, 1, &O::max_inactivity,
            "with the extension activity: how long a client may send nothing but /meta/connect"),
        number(bayeux, "timeout", milliseconds, 0, &E::timeout,
            "hold of a /meta/connect when there is nothing to deliver"),
        number(bayeux, "interval", milliseconds, 0, &E::interval,
            "pause before the next /meta/connect that clients are told to make"),
        number(bayeux, "max-interval", milliseconds, 1, &E::max_interval,
            "a session has ended when its next /meta/connect is this late"),
        boolean(bayeux, "handshake-reconnect", &E::handshake_reconnect,
            "tell clients max-interval, so that they know when to shake hands again"),
        boolean(bayeux, "allow-message-delivery-during-handshake",
            &E::allow_message_delivery_during_handshake,
            "deliver with the answer to a handshake what services send to the new session"),
        boolean(bayeux, "damp-handshakes", &E::damp_handshakes,
            "tell clients to wait that shake hands again and again for nothing"),
        number(bayeux, "max-processing", milliseconds, 0, &E::max_processing,
            "a session that is silent for so long ends although its /meta/connect is held; "
            "0: never"),
        number(bayeux, "max-lazy-timeout", milliseconds, 0, &E::max_lazy_timeout,
            "messages of lazy channels wait for others at most so long"),
        list(bayeux, "lazy-channel", "CHANNEL[=MS]", parse_lazy_channel, lazy_channel_text,
            &E::lazy_channels,
            "channel whose messages may wait for others, max-lazy-timeout or its own time; /a/* "
            "and /a/** are for all that they match; repeatable"),
        number(bayeux, "sweep-period", milliseconds, 1, &E::sweep_period,
            "a channel that nobody uses is removed after three of these"),
        number(bayeux, "decision-timeout", milliseconds, 1, &E::decision_timeout,
            "a service's decision that takes longer is a refusal"),
        boolean(bayeux, "meta-connect-deliver-only", &E::meta_connect_deliver_only,
            "deliver messages in the answer to a /meta/connect and in no other"),
        boolean(bayeux, "broadcast-to-publisher", &E::broadcast_to_publisher,
            "deliver a message to its publisher too, if subscribed"),
        number(bayeux, "duplicate-meta-connect-http-response-code", http_status,
            OptionRange{400, 599}, &E::duplicate_meta_connect_http_response_code,
            "answer to a held /meta/connect that another one of its session replaces"),

        text(browsers, "browser-cookie-name", "NAME", parse_cookie_name, &O::browser_cookie_name,
            "cookie by which the sessions of one browser are known"),
        text(browsers, "browser-cookie-domain", "NAME", parse_cookie_domain,
            &O::browser_cookie_domain, "all hosts of this domain get the cookie; else the one"),
        text(browsers, "browser-cookie-path", "PATH", parse_cookie_path, &O::browser_cookie_path,
            "requests for this path of URLs carry the cookie"),
        number(browsers, "browser-cookie-max-age", seconds, OptionRange{-1, largest_number},
            &O::browser_cookie_max_age, "life of the cookie; -1: until the browser is closed"),
        boolean(browsers, "browser-cookie-http-only", &O::browser_cookie_http_only,
            "hide the cookie from scripts"),
        boolean(browsers, "browser-cookie-secure", &O::browser_cookie_secure,
            "tell browsers to send the cookie over HTTPS only"),
        text(browsers, "browser-cookie-same-site", "Strict|Lax|None", parse_same_site,
            &O::browser_cookie_same_site, "may requests of pages of other sites carry the cookie?"),
        boolean(browsers, "browser-cookie-partitioned", &O::browser_cookie_partitioned,
            "let each site that embeds pages of this server have a cookie of its own"),
        word<TrustClientSession>(browsers, "trust-client-session", "auto|true|false",
            {{"auto", TrustClientSession::automatic}, {"true", TrustClientSession::yes},
                {"false", TrustClientSession::no}},
            &E::trust_client_session,
            "is the clientId enough to use a session? false: its cookie must come too; "
            "auto: once it has come"),
        number(browsers, "max-sessions-per-browser", sessions,
            OptionRange{-largest_number, largest_number}, &E::max_sessions_per_browser,
            "held /meta/connects of one browser; 0: hold none, negative: no limit"),
        number(browsers, "multi-session-interval", milliseconds,
            OptionRange{-largest_number, largest_number}, &E::multi_session_interval,
            "polling interval of the browser's further sessions; 0 or less turns them away"),

        number(limits, "max-message-size", bytes, 1, &O::max_message_size, "body of a request"),
        number(limits, "max-header-size", bytes, smallest_header_size, &O::max_header_size,
            "request line and header fields of a request"),
        number(limits, "max-json-depth", levels, smallest_json_depth, &O::max_json_depth,
            "nesting of arrays and objects in a request"),
        number(limits, "max-batch", messages, 1, &E::max_batch, "messages in a request"),
        number(limits, "max-channel-length", bytes, smallest_channel_length, &E::max_channel_length,
            "name of a channel"),
        number(limits, "max-channel-segments", segments, smallest_channel_segments,
            &E::max_channel_segments, "parts of the name of a channel: /a/b has two"),
        number(limits, "max-subscriptions", subscriptions, 1, &E::max_subscriptions,
            "subscriptions of a session"),
        number(limits, "max-queue", messages, 1, &E::max_queue, "messages that wait for a session"),
        number(limits, "max-queue-bytes", bytes, 1, &E::max_queue_bytes,
            "size of the messages that wait for a session"),
        word<QueuePolicy>(limits, "max-queue-policy", "POLICY",
            {{"disconnect", QueuePolicy::disconnect}, {"drop-oldest", QueuePolicy::drop_oldest},
                {"drop-newest", QueuePolicy::drop_newest}},
            &E::max_queue_policy,
            "what becomes of a message that does not fit: disconnect (the session), drop-oldest "
            "or drop-newest"),
        number(limits, "max-total-queue-bytes", bytes, 1, &E::max_total_queue_bytes,
            "memory of what waits for all sessions, each message counted once, and of what "
            "connections have not sent or received whole"),
        number(limits, "max-channels", channels, 1, &E::max_channels, "channels"),
        number(limits, "max-sessions", sessions, 1, &E::max_sessions, "sessions"),
        number(limits, "max-sessions-per-address", sessions, 0, &E::max_sessions_per_address,
            "sessions of one address; 0: any number. A proxy has one address, with all its "
            "clients"),
        number(limits, "max-handshake-rate-per-address", handshakes_per_second, 0,
            &E::max_handshake_rate_per_address,
            "handshakes per second from one address, on average over ten seconds; 0: any number"),
        number(limits, "max-message-rate", messages_per_second, 0, &E::max_message_rate,
            "messages per second of a session, on average over ten seconds; 0: any number"),
        number(limits, "max-message-rate-per-address", messages_per_second, 0,
            &E::max_message_rate_per_address,
            "messages per second from one address, on average over ten seconds; 0: any number"),
        number(limits, "max-background", jobs, 1, &O::max_background,
            "what services do in the background, and waits for a thread"),
        number(limits, "max-connections", connections, 0, &O::max_connections,
            "open connections; 0: as many as file descriptors allow"),
        number(limits, "max-connections-per-address", connections, 0,
            &O::max_connections_per_address, "open connections of one address; 0: any number"),

        text(websocket, "ws.protocol", "NAME", parse_protocol, &O::ws_protocol,
            "subprotocol that clients have to offer; any or none when empty"),
        boolean(websocket, "ws.permessage-deflate", &O::ws_permessage_deflate,
            "compress messages for clients that can do it"),
        number(websocket, "ws.max-message-size", bytes, 1, &O::ws_max_message_size,
            "message from a client, in one frame or several"),
        number(websocket, "ws.max-compression-ratio", times, 1, &O::ws_max_compression_ratio,
            "how many times as long as its compressed form a message of more than 65536 bytes "
            "may be"),
        number(websocket, "ws.idle-timeout", milliseconds, 1, &O::ws_idle_timeout,
            "how long a socket stays open on which nothing comes"),
        number(websocket, "ws.messages-per-frame", messages, 1, &O::ws_messages_per_frame,
            "messages sent together in a frame, at most"),
        boolean(websocket, "ws.require-handshake-per-connection",
            &E::ws_require_handshake_per_connection,
            "a socket may use only the session it has made itself"),

        number(operation, "io-threads", threads, OptionRange{0, 1'024}, &O::io_threads,
            "threads that share the connections; 0 or 1: one does everything"),
        number(operation, "worker-threads", threads, OptionRange{1, 1'024}, &O::worker_threads,
            "threads for what services do in the background, made when there is something"),
        number(operation, "shutdown-timeout", milliseconds, 0, &O::shutdown_timeout,
            "how long SIGTERM waits for answers to be taken"),
        word<LogLevel>(operation, "log-level", "LEVEL",
            {{"debug", LogLevel::debug}, {"info", LogLevel::info}, {"warning", LogLevel::warning},
                {"error", LogLevel::error}},
            &O::log_level, "least level logged: debug, info, warning or error"),
        flag("config", "FILE", "read options from this file"),
        flag("check-config", "", "check options, file and environment, and end"),
        flag("print-config", "", "print the options in force as a configuration file, and end"),
        flag("help", "", "print this help, and end"),
        flag("version", "", "print the version, and end"),
    };
}

OptionSpec row_of(std::string const& service, ServiceOption const& option)
{
    OptionSpec row{"Service " + service, service + '.' + option.name, option.value_name,
        option.help,
        [service, add = option.add](Options& options, std::string_view text) {
            add(options.service_options.at(service), text);
        },
        [service, values = option.values](
            Options const& options) { return values(options.service_options.at(service)); }};
    if (option.clear)
        row.clear = [service, clear = option.clear](
                        Options& options) { clear(options.service_options.at(service)); };
    row.service = service;
    return row;
}

/// Different names may be one in the environment: `a.b-c` and `a-b.c`.
void check_distinct(std::vector<OptionSpec> const& table)
{
    std::map<std::string, std::string> seen;
    for (auto const& row : table) {
        auto const [other, is_new] = seen.emplace(variable_of(row.name), row.name);
        if (!is_new)
            throw std::invalid_argument("service " + row.service + ": the option " + row.name +
                                        " cannot be told from " + other->second);
    }
}

} // namespace

std::string variable_of(std::string_view option)
{
    std::string variable(environment_prefix);
    for (char const c : option) {
        bool const letter = c >= 'a' && c <= 'z';
        variable += letter ? static_cast<char>(c - 'a' + 'A') : is_digit(c) ? c : '_';
    }
    return variable;
}

std::vector<OptionSpec> make_option_table(ProgramInfo const& program)
{
    std::vector<std::string> services{"ws"}; // the section of WebSocket's options
    for (auto const& type : program.services) {
        if (std::ranges::find(services, type.name()) != services.end())
            throw std::invalid_argument("service " + type.name() + ": the name is taken");
        services.push_back(type.name());
    }
    services.erase(services.begin());
    auto table = own_options(services);
    for (auto const& type : program.services)
        for (auto const& option : type.options())
            table.push_back(row_of(type.name(), option));
    check_distinct(table);
    return table;
}

} // namespace bayeux::server
