#include "server/cli/bench/ledger.hpp"

#include <algorithm>

namespace bayeux::cli {

void Ledger::subscribe(std::uint32_t subscriber, std::span<std::uint32_t const> rooms)
{
    subscribers_.resize(std::max<std::size_t>(subscribers_.size(), subscriber + 1));
    auto& subscriptions = subscribers_[subscriber];
    subscriptions.reserve(rooms.size());
    for (auto const room : rooms) {
        rooms_.resize(std::max<std::size_t>(rooms_.size(), room + 1));
        ++rooms_[room].members;
        subscriptions.push_back({room, rooms_[room].published, {}});
    }
}

Marker Ledger::publish(std::uint32_t room, std::uint32_t publisher, Time due, Time wait)
{
    auto& target = rooms_.at(room);
    auto const number = target.published++;
    target.publishers[number % window] = publisher;
    expected_ += target.members;
    return {room, publisher, number, due, wait};
}

bool Ledger::overtaken(Subscription const& subscription, Room const& room, Marker const& marker)
{
    for (auto i = marker.number - subscription.next + 1; i < window; ++i) {
        if (subscription.beyond[i] &&
            room.publishers[(subscription.next + i) % window] == marker.publisher) {
            return true;
        }
    }
    return false;
}

bool Ledger::deliver(std::uint32_t subscriber, Marker const& marker)
{
    if (subscriber >= subscribers_.size()) {
        ++unexpected_;
        return false;
    }
    auto& subscriptions = subscribers_[subscriber];
    auto const found = std::ranges::find(subscriptions, marker.room, &Subscription::room);
    if (found == subscriptions.end() || marker.number >= rooms_[marker.room].published) {
        ++unexpected_;
        return false;
    }
    auto& subscription = *found;
    if (marker.number == subscription.next && subscription.beyond.none()) { // nearly always
        ++subscription.next;
        ++delivered_;
        return true;
    }
    if (marker.number < subscription.next) {
        ++doubled_;
        return false;
    }
    while (marker.number - subscription.next >= window) { // the oldest one is given up
        subscription.beyond >>= 1;
        ++subscription.next;
    }
    auto const ahead = marker.number - subscription.next;
    if (subscription.beyond[ahead]) {
        ++doubled_;
        return false;
    }
    if (overtaken(subscription, rooms_[marker.room], marker)) {
        ++out_of_order_;
    }
    subscription.beyond.set(ahead);
    while (subscription.beyond[0]) {
        subscription.beyond >>= 1;
        ++subscription.next;
    }
    ++delivered_;
    return true;
}

} // namespace bayeux::cli
