#pragma once

#include "bayeux/options.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/time.hpp"

#include <any>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bayeux::server {

struct ProgramInfo;

/// Where to accept connections.
struct ListenAddress {
    std::string host;       ///< IPv4 or IPv6 address without brackets; empty: all interfaces
    std::uint16_t port = 0; ///< 0: the system chooses
    friend bool operator==(ListenAddress const&, ListenAddress const&) = default;
};

/// `127.0.0.1:8080`, `[::1]:8080`, `:8080`: as --listen takes it.
std::string to_string(ListenAddress const& address);

/// What bayeuxd is told to do: the whole configuration, checked. The names are the command line's,
/// with `_` for `-`; the defaults here are the defaults. bayeuxd(8) says what each one means.
struct Options {
    EngineOptions engine;

    std::vector<ListenAddress> listen{{"127.0.0.1", 8080}}; ///< never empty
    /// Mount points, never empty; each begins with `/` and has no `/` at its end, but for `/`
    /// alone.
    std::vector<std::string> path{"/cometd"};
    std::string www;                        ///< directory of static files; empty: none
    std::vector<std::string> allow_origin;  ///< `*`, or origins with wildcards, in lower case
    std::vector<std::string> trusted_proxy; ///< networks, as in parse_network()
    std::vector<std::string> services;      ///< all of them known, in the order given
    /// For ServiceType::make(), by the names of all that are known, chosen or not.
    std::map<std::string, std::any> service_options;
    /// As well. `ack` takes effect as EngineOptions::ack.
    std::vector<std::string> extensions{"ack", "timesync", "binary"};
    Duration max_inactivity{600'000}; ///< for `activity`

    std::size_t max_message_size = 1'048'576; ///< bytes of a request body
    std::size_t max_header_size = 16'384;     ///< bytes of a request's head; cookies need room
    std::size_t max_json_depth = 100;
    std::size_t max_connections = 0;             ///< 0: as many as file descriptors allow
    std::size_t max_connections_per_address = 0; ///< 0: any number

    Duration request_timeout{15'000};    ///< first to last byte of a request; an unread answer
    Duration keep_alive_timeout{65'000}; ///< between requests
    Duration shutdown_timeout{5'000};    ///< for the drain after SIGTERM

    // Attributes of the cookie, in the words of RFC 6265.
    std::string browser_cookie_name = "BAYEUX_BROWSER";
    std::string browser_cookie_domain; ///< empty: the host that was asked
    std::string browser_cookie_path = "/";
    std::int64_t browser_cookie_max_age = -1; ///< seconds; negative: until the browser ends
    bool browser_cookie_http_only = true;
    bool browser_cookie_secure = false;
    std::string browser_cookie_same_site; ///< `Strict`, `Lax`, `None`; empty: not told
    bool browser_cookie_partitioned = false;

    std::string ws_protocol; ///< subprotocol that clients have to offer; empty: none
    bool ws_permessage_deflate = false;
    std::size_t ws_max_message_size = 1'048'576;
    Duration ws_idle_timeout{300'000};
    std::size_t ws_max_compression_ratio = 100;
    std::size_t ws_messages_per_frame = 1;

    std::size_t io_threads = 0;          ///< that share the connections; 1 is as 0
    std::size_t worker_threads = 4;      ///< for what services do in the background
    std::size_t max_background = 10'000; ///< jobs that wait for one of them
    LogLevel log_level = LogLevel::info;
};

/// The process shall end now: `text` goes to standard output when `status` is 0, otherwise to
/// standard error. It ends with a line break.
struct Exit {
    int status;
    std::string text;
};

/// Environment variables by name.
using Environment = std::map<std::string, std::string>;

/// The variables of `environ` (a null-terminated list of `NAME=value`) that are meant for bayeuxd.
Environment read_environment(char const* const* environ);

/// Defaults < configuration file < environment < command line (DESIGN 6). Reads the file that
/// --config names and looks whether --www is a directory; touches nothing else.
/// Throws std::invalid_argument when the services of `program` cannot be told apart.
std::variant<Options, Exit> parse_options(
    int argc, char const* const* argv, Environment const& environment, ProgramInfo const& program);

} // namespace bayeux::server
