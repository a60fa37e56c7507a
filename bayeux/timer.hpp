#pragma once

#include <memory>
#include <utility>

namespace bayeux {

namespace detail {
struct TimerState;
}

/// Something that is to be done later, or again and again: made by ServiceContext::after() and
/// every(). It belongs to who asked for it, and its end cancels it; it must be gone before the
/// engine. Engine thread.
class [[nodiscard]] Timer {
public:
    Timer() = default; ///< runs not
    explicit Timer(std::shared_ptr<detail::TimerState> state) : state_(std::move(state)) {}
    Timer(Timer&& other) noexcept = default;
    Timer& operator=(Timer&& other) noexcept
    {
        cancel();
        state_ = std::move(other.state_);
        return *this;
    }
    Timer(Timer const&) = delete;
    Timer& operator=(Timer const&) = delete;
    ~Timer() { cancel(); }

    /// False also when all it had to do has been done.
    bool running() const;
    /// What it was to do is not done any more. May be called by what it does.
    void cancel();

private:
    std::shared_ptr<detail::TimerState> state_;
};

} // namespace bayeux
