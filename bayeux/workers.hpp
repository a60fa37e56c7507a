#pragma once

#include <functional>

namespace bayeux {

/// The threads around the engine, which has none of its own: where services do what would keep it
/// waiting (ServiceContext::in_background). The caller of the engine brings them
/// (Engine::set_workers); in bayeux::testing they are a list.
class Workers {
public:
    virtual ~Workers() = default;

    /// Has `job`, which does not throw, run once on another thread. False: too many wait already,
    /// and this one is dropped. Engine thread.
    virtual bool run(std::function<void()> job) = 0;
    /// Has `task` given to Engine::run() on the engine's thread; dropped after the engine's end.
    /// Any thread.
    virtual void post(std::function<void()> task) = 0;
};

} // namespace bayeux
