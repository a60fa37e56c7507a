#include "server/cli/bench/options.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/scenarios.hpp"
#include "server/printable.hpp"

#include <boost/program_options.hpp>

#include <limits>
#include <sstream>

namespace bayeux::cli {
namespace {

namespace po = boost::program_options;

template <class Number>
Number positive(po::variables_map const& values, char const* name, Number min)
{
    auto const value = values[name].as<double>();
    if (!(value >= static_cast<double>(min)) || value > 1e9) {
        std::ostringstream text;
        text << "--" << name << " must be " << min << " to 1000000000";
        throw BadUsage(text.str());
    }
    return static_cast<Number>(value);
}

std::uint32_t count(po::variables_map const& values, char const* name, std::uint32_t min)
{
    return positive<std::uint32_t>(values, name, min);
}

Time duration(po::variables_map const& values, char const* name, Time unit)
{
    return static_cast<Time>(positive<double>(values, name, 0) * static_cast<double>(unit));
}

/// Whether it is the second.
bool one_of(
    po::variables_map const& values, char const* name, char const* first, char const* second)
{
    auto const value = values[name].as<std::string>();
    if (value != first && value != second) {
        throw BadUsage(std::string("--") + name + " must be " + first + " or " + second);
    }
    return value == second;
}

Url url(std::string const& text)
{
    try {
        return parse_url(text);
    } catch (Failure const& failure) {
        throw BadUsage(failure.what());
    }
}

void read_protocol(po::variables_map const& values, BenchOptions& options)
{
    options.publish_url = options.url;
    if (!one_of(values, "protocol", "bayeux", "nchan")) {
        return;
    }
    options.protocol = Protocol::nchan;
    if (options.scenario != "idle" && options.scenario != "fanout" &&
        options.scenario != "saturate") {
        throw BadUsage("--protocol nchan is for idle, fanout and saturate");
    }
    if (!values.contains("publish-url")) {
        throw BadUsage("--protocol nchan needs --publish-url");
    }
    options.publish_url = url(values["publish-url"].as<std::string>());
}

po::options_description described()
{
    po::options_description options("Options");
    auto add = options.add_options();
    auto const number = [](double value, char const* name) {
        return po::value<double>()->default_value(value)->value_name(name);
    };
    add("transport", po::value<std::string>()->default_value("long-polling")->value_name("TYPE"),
        "long-polling or websocket");
    add("protocol", po::value<std::string>()->default_value("bayeux")->value_name("NAME"),
        "idle, fanout, saturate: bayeux or nchan");
    add("publish-url", po::value<std::string>()->value_name("URL"), "nchan: where to publish");
    add("clients", number(1000, "N"), "subscribers; for echo those who ask, 10 unless told");
    add("concurrency", number(64, "N"),
        "how many come in at a time; for handshake and static, how many there are");
    add("duration", number(10, "S"), "how long to measure, in seconds");
    add("warm-up", number(1, "S"), "how long to run before, in seconds");
    add("rate", number(20, "R"), "messages a second; for saturate those of the first step");
    add("size", number(50, "BYTES"), "text in a message");
    add("batch", number(10, "N"), "rooms: messages in a request");
    add("rooms", number(100, "N"), "rooms: how many there are");
    add("rooms-per-client", number(10, "N"), "rooms: subscriptions of a client");
    add("background", number(0, "N"), "echo: clients that only hold their connections meanwhile");
    add("channel", po::value<std::string>()->default_value("/service/echo")->value_name("NAME"),
        "echo: the channel of the service that sends back what it is sent");
    add("mark", number(5000, "N"), "idle: where to measure memory first");
    add("limit", number(50, "MS"), "saturate: the 99th percentile of latency that ends it");
    add("growth", number(1.5, "X"), "saturate: what a step's rate is multiplied by");
    add("server-pid", po::value<std::vector<pid_t>>()->value_name("PID")->composing(),
        "a process of the server, whose CPU time and memory are measured; repeatable");
    add("source", po::value<std::vector<std::string>>()->value_name("ADDRESS")->composing(),
        "an IPv4 address to connect from; repeatable");
    add("json", "print one JSON object");
    add("help", "print this");
    return options;
}

po::variables_map parse(std::vector<std::string> const& arguments)
{
    po::options_description all = described();
    all.add_options()("words", po::value<std::vector<std::string>>());
    po::positional_options_description words;
    words.add("words", -1);
    po::variables_map values;
    try {
        po::store(po::command_line_parser(arguments)
                      .options(all)
                      .positional(words)
                      .style(po::command_line_style::unix_style &
                             ~po::command_line_style::allow_guessing &
                             ~po::command_line_style::allow_short)
                      .run(),
            values);
    } catch (po::error const& error) {
        throw BadUsage(server::printable(error.what()));
    }
    return values;
}

} // namespace

BenchOptions parse_bench_options(std::vector<std::string> const& arguments)
{
    auto const values = parse(arguments);
    BenchOptions options;
    options.help = values.contains("help");
    if (options.help) {
        return options;
    }
    auto const words = values.contains("words") ? values["words"].as<std::vector<std::string>>()
                                                : std::vector<std::string>();
    if (words.size() != 2) {
        throw BadUsage("bench needs a scenario and a URL, see bayeux bench --help");
    }
    options.scenario = words[0];
    if (find_scenario(options.scenario) == nullptr) {
        throw BadUsage("unknown scenario " + server::printable(words[0]));
    }
    options.url = url(words[1]);
    auto const websocket = one_of(values, "transport", "long-polling", "websocket");
    options.transport = websocket || words[1].starts_with("ws:") ? TransportType::websocket
                                                                 : TransportType::long_polling;
    read_protocol(values, options);
    options.json = values.contains("json");
    if (values.contains("source")) {
        options.sources = values["source"].as<std::vector<std::string>>();
    }
    if (values.contains("server-pid")) {
        options.server_pids = values["server-pid"].as<std::vector<pid_t>>();
    }
    bool const few = options.scenario == "echo" && values["clients"].defaulted();
    options.clients = few ? 10 : count(values, "clients", 1);
    options.background = count(values, "background", 0);
    options.concurrency = count(values, "concurrency", 1);
    options.duration = duration(values, "duration", second);
    options.warm_up = duration(values, "warm-up", second);
    options.rate = positive<double>(values, "rate", 0.001);
    options.size = count(values, "size", 0);
    options.batch = count(values, "batch", 1);
    options.rooms = count(values, "rooms", 1);
    options.rooms_per_client = count(values, "rooms-per-client", 1);
    if (options.rooms_per_client > options.rooms) {
        throw BadUsage("--rooms-per-client must not be more than --rooms");
    }
    options.channel = values["channel"].as<std::string>();
    options.mark = count(values, "mark", 0);
    options.limit = duration(values, "limit", millisecond);
    options.growth = positive<double>(values, "growth", 1.01);
    return options;
}

std::string bench_help()
{
    std::ostringstream text;
    text << "Usage: bayeux bench SCENARIO URL [OPTION]...\n\nScenarios:\n";
    for (auto const& scenario : scenarios()) {
        text << "  " << scenario.name;
        text << std::string(12 - scenario.name.size(), ' ') << scenario.help << '\n';
    }
    text << '\n' << described();
    return text.str();
}

} // namespace bayeux::cli
