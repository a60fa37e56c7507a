#pragma once

#include "bayeux/outbox.hpp"

#include <string_view>

namespace bayeux::server {

/// The log of the process: one line per event on standard error,
/// `2026-11-22T10:06:02.123Z info listening on ...`, in UTC. Any thread.

/// Events below `level` are dropped from now on; `info` before the first call.
void init_log(LogLevel level);

/// Writes `text` as one line, made printable().
void log(LogLevel level, std::string_view text);

} // namespace bayeux::server
