#include "server/extensions.hpp"

#include "bayeux/extensions/activity.hpp"
#include "bayeux/extensions/binary.hpp"
#include "bayeux/extensions/timestamp.hpp"
#include "bayeux/extensions/timesync.hpp"

#include <chrono>

namespace bayeux::server {
namespace {

std::chrono::sys_time<Duration> wall_clock()
{
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

} // namespace

void install_extensions(Options const& options, Engine& engine)
{
    for (auto const& name : options.extensions) {
        if (name == "timesync")
            engine.add_extension(std::make_shared<extensions::Timesync>(wall_clock));
        else if (name == "timestamp")
            engine.add_extension(std::make_shared<extensions::Timestamp>(wall_clock));
        else if (name == "activity")
            engine.add_extension(
                std::make_shared<extensions::Activity>(engine.context(), options.max_inactivity));
        else if (name == "binary")
            engine.add_extension(std::make_shared<extensions::Binary>());
    }
}

} // namespace bayeux::server
