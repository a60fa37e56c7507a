#pragma once

#include "server/http_parser.hpp"
#include "server/network.hpp"

#include <string>
#include <string_view>

namespace bayeux::server {

/// Who has sent a request that came from a trusted proxy, by its X-Forwarded-For. Each proxy has
/// added the address that it saw, so the list is read from its end: the client is the first one
/// there that is not trusted itself, and the last one when all are. What is behind something that
/// is no address (`unknown`) is not believed.
///
/// `peer`: the proxy, "address:port". The result has the same form, with the port of the list, or
/// else that of `peer`; it is `peer` when the list names nobody.
std::string forwarded_client(HeadView const& head, Networks const& trusted, std::string_view peer);

} // namespace bayeux::server
