#pragma once

#include <stdexcept>

namespace bayeux::cli {

/// What ends a run: a server that refuses, answers nonsense or hangs up, or a system that has too
/// few descriptors. The text is one line for people; what came from a server is escaped in it.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace bayeux::cli
