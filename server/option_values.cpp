#include "server/option_values.hpp"

#include "bayeux/channel_name.hpp"
#include "server/ascii.hpp"
#include "server/network.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

namespace bayeux::server {
namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view digits = "0123456789";
/// What else the path of a URL may hold, but for ',' which separates the elements of a list.
constexpr std::string_view path_punctuation = "-._~!$&'()*+;=:@/";

template <class... Alphabets>
bool consists_of(std::string_view text, Alphabets... alphabets)
{
    return std::all_of(text.begin(), text.end(),
        [&](char c) { return ((alphabets.find(c) != std::string_view::npos) || ...); });
}

template <class Number>
std::optional<Number> to_number(std::string_view text)
{
    Number number{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

bool is_address(int family, std::string const& host)
{
    std::array<unsigned char, sizeof(in6_addr)> ignored{};
    return inet_pton(family, host.c_str(), ignored.data()) == 1;
}

bool is_host(std::string_view host)
{
    if (host.starts_with('[') && host.ends_with(']')) {
        return is_address(AF_INET6, std::string(host.substr(1, host.size() - 2)));
    }
    return !host.empty() && consists_of(host, letters, digits, std::string_view("-._")) &&
           !host.starts_with('.') && host.find("..") == std::string_view::npos;
}

std::string lower_case(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return lower;
}

} // namespace

std::string joined(std::vector<std::string> const& parts, std::string_view separator)
{
    std::string text;
    for (auto const& part : parts) {
        if (!text.empty()) {
            text += separator;
        }
        text += part;
    }
    return text;
}

ListenAddress parse_listen_address(std::string_view text)
{
    auto const colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        std::string_view const host = text.substr(0, colon);
        auto const port = to_number<std::uint16_t>(text.substr(colon + 1));
        bool const bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
        std::string const address(bracketed ? host.substr(1, host.size() - 2) : host);
        bool const valid = bracketed ? is_address(AF_INET6, address)
                                     : host.empty() || is_address(AF_INET, address);
        if (port && valid) {
            return {address, *port};
        }
    }
    throw InvalidValue("must be ADDRESS:PORT, where ADDRESS is an IPv4 address, an IPv6 address in "
                       "brackets or nothing for all interfaces, and PORT is 0 to 65535");
}

std::string parse_path(std::string_view text)
{
    std::string_view trimmed = text;
    while (trimmed.size() > 1 && trimmed.ends_with('/')) {
        trimmed.remove_suffix(1);
    }
    std::string const closed = std::string(trimmed) + '/';
    bool const normal =
        closed == "//" // the root
        || (closed.find("//") == std::string::npos && closed.find("/./") == std::string::npos &&
               closed.find("/../") == std::string::npos);
    if (!trimmed.starts_with('/') || !normal ||
        !consists_of(trimmed, letters, digits, path_punctuation)) {
        throw InvalidValue("must begin with '/' and hold only what the path of a URL may hold, "
                           "without '%', ',', '//', '/./' and '/../'");
    }
    return std::string(trimmed);
}

std::string parse_directory(std::string_view text)
{
    auto directory = parse_text(text);
    std::error_code error;
    if (!text.empty() && !std::filesystem::is_directory(std::filesystem::path(text), error)) {
        throw InvalidValue("must be an existing directory");
    }
    return directory;
}

std::string parse_origin(std::string_view text)
{
    constexpr std::string_view grammar =
        "must be an origin such as https://example.org, https://*.example.org or "
        "http://127.0.0.1:*, or '*' for any origin; without a path";
    std::string const origin = lower_case(text);
    if (origin == "*") {
        return origin;
    }
    auto const scheme_end = origin.find("://");
    if (scheme_end == std::string::npos || scheme_end == 0) {
        throw InvalidValue(std::string(grammar));
    }
    std::string_view const scheme = std::string_view(origin).substr(0, scheme_end);
    std::string_view host = std::string_view(origin).substr(scheme_end + 3);
    auto const colon = host.rfind(':');
    bool valid = consists_of(scheme, letters, digits, std::string_view("+-."));
    if (colon != std::string_view::npos && !host.ends_with(']')) {
        std::string_view const port = host.substr(colon + 1);
        valid = valid && (port == "*" || to_number<std::uint16_t>(port).value_or(0) != 0);
        host = host.substr(0, colon);
    }
    if (host.starts_with("*.")) {
        host.remove_prefix(2);
    }
    if (!valid || !is_host(host)) {
        throw InvalidValue(std::string(grammar));
    }
    return origin;
}

std::string parse_trusted_proxy(std::string_view text)
{
    if (!parse_network(text))
        throw InvalidValue("must be an IP address, or the network of some such as 192.0.2.0/24 or "
                           "2001:db8::/32");
    return std::string(text);
}

LazyChannel parse_lazy_channel(std::string_view text)
{
    auto const name = text.substr(0, text.find('='));
    if (!is_channel_name(
            name, EngineOptions().max_channel_length, EngineOptions().max_channel_segments) ||
        !is_broadcast(name))
        throw InvalidValue("must begin with the name of a channel to broadcast on");
    LazyChannel channel{std::string(name), std::nullopt};
    if (name.size() < text.size()) {
        constexpr std::int64_t a_day = 86'400'000;
        channel.timeout =
            Duration(parse_number(text.substr(name.size() + 1), {1, a_day}, "milliseconds"));
    }
    return channel;
}

std::string lazy_channel_text(LazyChannel const& channel)
{
    return channel.timeout ? channel.name + '=' + std::to_string(channel.timeout->count())
                           : channel.name;
}

std::string parse_cookie_name(std::string_view text)
{
    if (text.empty() || !consists_of(text, letters, digits, std::string_view("-_."))) {
        throw InvalidValue("must consist of letters, digits, '-', '_' and '.'");
    }
    return std::string(text);
}

std::string parse_protocol(std::string_view text)
{
    // HTTP lets it have a '#', which a configuration file does not.
    if (!std::all_of(text.begin(), text.end(), [](char c) { return is_token(c) && c != '#'; })) {
        throw InvalidValue("must consist of letters, digits and !$%&'*+-.^_`|~");
    }
    return std::string(text);
}

std::string parse_cookie_domain(std::string_view text)
{
    text.remove_prefix(text.starts_with('.') ? 1 : 0); // as older RFCs had it
    if (!text.empty() && (!is_host(text) || text.starts_with('['))) {
        throw InvalidValue("must be the name of a host or a domain");
    }
    return std::string(text);
}

std::string parse_cookie_path(std::string_view text)
{
    if (!text.starts_with('/') || text.find(';') != std::string_view::npos ||
        !consists_of(text, letters, digits, path_punctuation, std::string_view("%"))) {
        throw InvalidValue("must begin with '/' and hold only what the path of a URL may hold, "
                           "without ',' and ';'");
    }
    return std::string(text);
}

std::string parse_same_site(std::string_view text)
{
    if (!text.empty() && text != "Strict" && text != "Lax" && text != "None") {
        throw InvalidValue("must be Strict, Lax, None or empty");
    }
    return std::string(text);
}

} // namespace bayeux::server
