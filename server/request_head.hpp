#pragma once

#include "bayeux/request_head.hpp"
#include "server/http_parser.hpp"

#include <memory>

namespace bayeux::server {

/// What services see of a request: a copy.
std::shared_ptr<RequestHead const> keep_head(HeadView const& head);

} // namespace bayeux::server
