#pragma once

#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/time.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace bayeux::detail {

class Core;

/// What a Timer owns. As a Deadline: when its work is due.
struct TimerState final : Deadline, std::enable_shared_from_this<TimerState> {
    TimerState(Core& owner_core, std::function<void()> to_do, std::string who)
        : Deadline(Kind::timer), core(owner_core), work(std::move(to_do)), owner(std::move(who))
    {}

    Core& core;
    std::function<void()> work;
    std::string owner;              ///< for logs
    std::optional<Duration> period; ///< none: once
    bool running = true;
};

} // namespace bayeux::detail
