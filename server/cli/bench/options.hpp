#pragma once

#include "server/cli/bench/transport.hpp"
#include "server/cli/bench/url.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <vector>

namespace bayeux::cli {

enum class Protocol : std::uint8_t { bayeux, nchan };

/// What `bayeux bench` is told; bayeux(1) says what each means. Times are nanoseconds.
struct BenchOptions {
    bool help = false;
    bool json = false;
    std::string scenario;
    Url url;
    Protocol protocol = Protocol::bayeux;
    Url publish_url; ///< of nchan
    TransportType transport = TransportType::long_polling;
    std::vector<std::string> sources;
    std::vector<pid_t> server_pids;
    std::uint32_t clients = 0;
    std::uint32_t background = 0;
    std::uint32_t concurrency = 0;
    Time duration = 0;
    Time warm_up = 0;
    double rate = 0; ///< messages a second
    std::uint32_t size = 0;
    std::uint32_t batch = 0;
    std::uint32_t rooms = 0;
    std::uint32_t rooms_per_client = 0;
    std::string channel;
    Time limit = 0;
    double growth = 0;
    std::uint32_t mark = 0;
    Time patience = 10 * second; ///< with a server from which nothing comes; set by tests alone
};

/// What is wrong with the command line: one line.
struct BadUsage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// @param arguments what follows `bayeux bench`
/// @throws BadUsage
BenchOptions parse_bench_options(std::vector<std::string> const& arguments);

/// The answer to --help.
std::string bench_help();

} // namespace bayeux::cli
