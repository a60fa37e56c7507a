#pragma once

#include "server/options.hpp"

#include <string>

namespace bayeux::server {

/// What follows name and value of the browser cookie in Set-Cookie (wire-behaviour 3.4).
std::string browser_cookie_attributes(Options const& options);

/// Why browsers would not take such a cookie; empty when they would.
std::string browser_cookie_problem(Options const& options);

} // namespace bayeux::server
