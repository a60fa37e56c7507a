#pragma once

#include "bayeux/option_value.hpp"
#include "server/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

std::string joined(std::vector<std::string> const& parts, std::string_view separator);

// Each takes the text of one value and throws InvalidValue.

ListenAddress parse_listen_address(std::string_view text);
/// A mount point in its normal form (see Options::path).
std::string parse_path(std::string_view text);
/// The name of an existing directory; empty stays empty.
std::string parse_directory(std::string_view text);
/// `*`, `https://example.org`, `https://*.example.org:8443`, `http://127.0.0.1:*`, in lower case.
std::string parse_origin(std::string_view text);
/// An address or a network of either kind, as parse_network() has it.
std::string parse_trusted_proxy(std::string_view text);
/// `/a/b` or `/a/**=500`: a channel, and how long its messages may wait, in milliseconds.
LazyChannel parse_lazy_channel(std::string_view text);
std::string lazy_channel_text(LazyChannel const& channel);
std::string parse_cookie_name(std::string_view text);
/// The name of a WebSocket subprotocol; empty stays empty.
std::string parse_protocol(std::string_view text);
/// The name of a host or of the part of the network above it, without a dot in front; empty stays
/// empty.
std::string parse_cookie_domain(std::string_view text);
std::string parse_cookie_path(std::string_view text);
/// `Strict`, `Lax`, `None` or empty.
std::string parse_same_site(std::string_view text);

} // namespace bayeux::server
