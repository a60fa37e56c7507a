#include "bayeux/detail/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace bayeux::detail {

std::uint64_t TimerWheel::tick_of(Instant when)
{
    return static_cast<std::uint64_t>(std::max<Duration::rep>(when.time_since_epoch().count(), 0));
}

void TimerWheel::arm(Deadline& deadline, Instant when)
{
    cancel(deadline);
    deadline.tick = std::max(tick_of(when), current_ + 1);
    insert(deadline);
}

void TimerWheel::cancel(Deadline& deadline)
{
    if (deadline.armed())
        unlink(deadline);
}

void TimerWheel::unlink(Deadline& deadline)
{
    // The slot's bit stays set when this was the last one; open() then finds an empty slot.
    *deadline.link = deadline.next;
    if (deadline.next != nullptr)
        deadline.next->link = deadline.link;
    deadline.next = nullptr;
    deadline.link = nullptr;
}

void TimerWheel::insert(Deadline& deadline)
{
    constexpr std::uint64_t reach = (std::uint64_t{1} << (slot_bits * levels)) - 1;
    auto const distance = std::min(deadline.tick - current_, reach);
    std::size_t level = 0;
    while (distance >> (slot_bits * (level + 1)) != 0)
        ++level;
    auto const slot = ((current_ + distance) >> (slot_bits * level)) & (slots - 1);
    auto& head = levels_[level].heads[slot];
    deadline.next = head;
    deadline.link = &head;
    if (head != nullptr)
        head->link = &deadline.next;
    head = &deadline;
    levels_[level].occupied |= std::uint64_t{1} << slot;
}

std::optional<std::uint64_t> TimerWheel::next_event() const
{
    std::optional<std::uint64_t> earliest;
    for (std::size_t level = 0; level < levels; ++level) {
        if (levels_[level].occupied == 0)
            continue;
        auto const shift = slot_bits * level;
        auto const here = current_ >> shift;
        auto const ahead = std::rotr(levels_[level].occupied, static_cast<int>((here + 1) % slots));
        auto const distance = static_cast<std::uint64_t>(std::countr_zero(ahead)) + 1;
        auto const tick = (here + distance) << shift;
        earliest = earliest ? std::min(*earliest, tick) : tick;
    }
    return earliest;
}

std::optional<Instant> TimerWheel::next_deadline() const
{
    auto const tick = next_event();
    if (!tick)
        return std::nullopt;
    return Instant(Duration(static_cast<Duration::rep>(*tick)));
}

Deadline* TimerWheel::take(std::size_t level, std::size_t slot)
{
    levels_[level].occupied &= ~(std::uint64_t{1} << slot);
    auto* const first = levels_[level].heads[slot];
    levels_[level].heads[slot] = nullptr;
    return first;
}

Deadline* TimerWheel::open(std::uint64_t tick)
{
    current_ = tick;
    Deadline* due = nullptr;
    auto const file = [&](Deadline* list) {
        while (list != nullptr) {
            auto& deadline = *list;
            list = deadline.next;
            if (deadline.tick <= current_) {
                deadline.next = due;
                deadline.link = &due;
                if (due != nullptr)
                    due->link = &deadline.next;
                due = &deadline;
            } else {
                insert(deadline);
            }
        }
    };
    for (std::size_t level = levels; level-- > 0;) {
        auto const shift = slot_bits * level;
        if ((current_ & ((std::uint64_t{1} << shift) - 1)) == 0)
            file(take(level, (current_ >> shift) & (slots - 1)));
    }
    return due;
}

} // namespace bayeux::detail
