#pragma once

#include "server/cli/bench/clock.hpp"

#include <cstdint>
#include <optional>
#include <sys/types.h>
#include <vector>

namespace bayeux::cli {

/// What the processes of a server use, as the system counts it: only that, so the load of the
/// generator on the same machine does not matter. Sums over all processes.
class ServerProbe {
public:
    /// @throws Failure when there is no such process
    explicit ServerProbe(std::vector<pid_t> processes);

    bool empty() const { return processes_.empty(); }

    /// CPU time of all threads that live, kernel and user.
    Time cpu() const;
    std::int64_t rss_kb() const;
    /// Nothing if the system does not tell us.
    std::optional<std::int64_t> pss_kb() const;

private:
    std::vector<pid_t> processes_;
};

} // namespace bayeux::cli
