#include "bayeux/timer.hpp"

#include "bayeux/detail/core.hpp"

namespace bayeux {

bool Timer::running() const
{
    return state_ && state_->running;
}

void Timer::cancel()
{
    if (!running())
        return;
    state_->running = false;
    state_->core.cancel_timer(*state_);
}

} // namespace bayeux
