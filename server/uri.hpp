#pragma once

#include "bayeux/detail/form.hpp"

#include <optional>
#include <string_view>

namespace bayeux::server {

/// The parts of a request target that say what is asked for. Views into it.
struct RequestTarget {
    std::string_view path;  ///< as sent; begins with `/`, or is `*`
    std::string_view query; ///< as sent, with its `?`; empty without one
};

/// Takes apart `/path?query` and `http://host/path?query` (RFC 9112 3.2). Nothing when it is
/// neither of them nor `*`.
std::optional<RequestTarget> split_target(std::string_view target);

using detail::percent_decode;
using detail::Plus;

} // namespace bayeux::server
