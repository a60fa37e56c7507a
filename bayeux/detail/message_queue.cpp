#include "bayeux/detail/message_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bayeux::detail {

FrozenMessage const& MessageQueue::push(FrozenMessage&& message, Backlog& backlog)
{
    backlog.add(message);
    bytes_ += message->json.size();
    return messages_.emplace_back(std::move(message));
}

void MessageQueue::put_back(std::vector<FrozenMessage> messages, Backlog& backlog)
{
    for (auto const& message : messages) {
        backlog.add(message);
        bytes_ += message->json.size();
    }
    auto const behind = static_cast<std::ptrdiff_t>(dropped_ + returned_);
    returned_ += messages.size();
    messages_.insert(messages_.begin() + behind, std::make_move_iterator(messages.begin()),
        std::make_move_iterator(messages.end()));
}

void MessageQueue::drop_oldest(Backlog& backlog)
{
    backlog.remove(messages_[dropped_]);
    bytes_ -= messages_[dropped_]->json.size();
    messages_[dropped_].reset();
    forget_oldest(1);
}

/// Whose places are empty now.
void MessageQueue::forget_oldest(std::size_t count)
{
    dropped_ += count;
    returned_ -= std::min(returned_, count);
    // Not each time: that would move a long queue again and again.
    if (2 * dropped_ >= messages_.size()) {
        messages_.erase(
            messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(dropped_));
        dropped_ = 0;
    }
}

void MessageQueue::take(std::vector<FrozenMessage>& into, Backlog& backlog, std::size_t most)
{
    if (bytes_ <= most || size() == 1)
        return take_all(into, backlog);
    std::size_t taken = 0;
    do {
        auto& message = messages_[dropped_ + into.size()];
        taken += message->json.size();
        backlog.remove(message);
        into.push_back(std::move(message));
    } while (
        into.size() < size() && taken + messages_[dropped_ + into.size()]->json.size() <= most);
    bytes_ -= taken;
    forget_oldest(into.size());
}

void MessageQueue::take_all(std::vector<FrozenMessage>& into, Backlog& backlog)
{
    leave(backlog);
    into.swap(messages_);
    into.erase(into.begin(), into.begin() + static_cast<std::ptrdiff_t>(dropped_));
    reset();
}

void MessageQueue::clear(Backlog& backlog)
{
    leave(backlog);
    reset();
}

void MessageQueue::leave(Backlog& backlog) const
{
    auto const first = messages_.begin() + static_cast<std::ptrdiff_t>(dropped_);
    for (auto message = first; message != messages_.end(); ++message)
        backlog.remove(*message);
}

void MessageQueue::reset()
{
    if (messages_.capacity() > 1)
        std::vector<FrozenMessage>().swap(messages_);
    else
        messages_.clear();
    dropped_ = 0;
    returned_ = 0;
    bytes_ = 0;
}

} // namespace bayeux::detail
