#include "server/log.hpp"

#include "server/printable.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <memory>

namespace bayeux::server {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level)
{
    switch (level) {
    case LogLevel::debug:
        return spdlog::level::debug;
    case LogLevel::info:
        return spdlog::level::info;
    case LogLevel::warning:
        return spdlog::level::warn;
    case LogLevel::error:
        break;
    }
    return spdlog::level::err;
}

spdlog::logger& logger()
{
    static spdlog::logger instance = [] {
        spdlog::logger made("bayeuxd", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made.set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
        return made;
    }();
    return instance;
}

} // namespace

void init_log(LogLevel level)
{
    logger().set_level(spdlog_level(level));
}

void log(LogLevel level, std::string_view text)
{
    auto const wanted = spdlog_level(level);
    if (logger().should_log(wanted)) {
        std::string const line = printable(text);
        logger().log(wanted, spdlog::string_view_t(line.data(), line.size()));
    }
}

} // namespace bayeux::server
