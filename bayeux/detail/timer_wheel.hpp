#pragma once

#include "bayeux/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace bayeux::detail {

/// What services ask for is cut to this, so that sums of a few do not overflow.
constexpr Duration longest = std::chrono::years(100);

/// A deadline of something, linked into a TimerWheel without any allocation. Its owner embeds it,
/// must not move while it is armed, and must cancel it (or outlive the wheel).
struct Deadline {
    /// Tells the wheel's owner what is due: one of the engine's, or the only kind in its wheel.
    enum class Kind : std::uint8_t { session, channel, decision, timer, web_request, only };

    explicit Deadline(Kind k) : kind(k) {}
    Deadline(Deadline const&) = delete;
    Deadline(Deadline&& unarmed) noexcept : kind(unarmed.kind) {}
    Deadline& operator=(Deadline const&) = delete;

    bool armed() const { return link != nullptr; }

    Kind kind;
    Deadline* next = nullptr;
    Deadline** link = nullptr; ///< what points to this one
    std::uint64_t tick = 0;    ///< ms since the clock's epoch
};

/// Deadlines by the millisecond in a hierarchical wheel: arming and cancelling cost a few
/// instructions however many there are, since most are cancelled before they are due.
class TimerWheel {
public:
    void arm(Deadline& deadline, Instant when);
    void cancel(Deadline& deadline);

    /// Calls `due(Deadline&)` for everything due at `now`, in order of time; each is no longer
    /// armed then. `due` may arm and cancel any deadline.
    template <class Due>
    void advance(Instant now, Due due)
    {
        auto const target = tick_of(now);
        while (auto const next = next_event()) {
            if (*next > target)
                break;
            Deadline* first = open(*next);
            if (first != nullptr)
                first->link = &first;
            while (first != nullptr) {
                auto& deadline = *first;
                unlink(deadline);
                due(deadline);
            }
        }
        if (target > current_)
            current_ = target;
    }

    /// Not later than the earliest deadline, and exact when that is near.
    std::optional<Instant> next_deadline() const;

private:
    static constexpr unsigned slot_bits = 6;
    static constexpr std::size_t slots = 1U << slot_bits;
    static constexpr std::size_t levels = 5; ///< reaches 12 days; what is later is filed anew then

    struct Level {
        std::array<Deadline*, slots> heads{};
        std::uint64_t occupied = 0;
    };

    static std::uint64_t tick_of(Instant when);
    static void unlink(Deadline& deadline);
    void insert(Deadline& deadline);
    std::optional<std::uint64_t> next_event() const;
    /// Moves the present to `tick`, refiles what lies in slots that begin there and returns what is
    /// due at it, unlinked from the wheel.
    Deadline* open(std::uint64_t tick);
    Deadline* take(std::size_t level, std::size_t slot);

    std::array<Level, levels> levels_{};
    std::uint64_t current_ = 0;
};

} // namespace bayeux::detail
