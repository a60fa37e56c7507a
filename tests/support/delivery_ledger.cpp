#include "tests/support/delivery_ledger.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bayeux::testing {
namespace {

void require(bool condition, std::string const& otherwise)
{
    if (!condition)
        throw std::runtime_error(otherwise);
}

} // namespace

std::string to_json(Stamp stamp)
{
    return R"({"p":)" + std::to_string(stamp.publisher) + R"(,"n":)" +
           std::to_string(stamp.number) + "}";
}

std::optional<Stamp> stamp_in(std::string_view json)
{
    constexpr std::string_view begin = R"({"p":)";
    constexpr std::string_view middle = R"(,"n":)";
    auto const at = json.find(begin);
    if (at == std::string_view::npos)
        return std::nullopt;
    Stamp stamp{};
    auto const* const end = json.data() + json.size();
    auto const first = std::from_chars(json.data() + at + begin.size(), end, stamp.publisher);
    std::from_chars(first.ptr + middle.size(), end, stamp.number);
    return stamp;
}

void DeliveryLedger::sent(std::vector<PlainMessage> const& batch)
{
    for (auto const& message : batch) {
        auto const channel = identity(message.channel.value_or("/"));
        auto const sender = clients_.find(message.client_id);
        if (sender != clients_.end() && channel == "/meta/subscribe" && message.names)
            for (auto const& name : *message.names)
                if (name.size() > 1)
                    sender->second.subscriptions.insert(identity(name));
        auto const stamp = stamp_in(message.data);
        if (!stamp || channel.empty())
            continue;
        if (is_service(channel)) // the services send it back, or to everybody
            may_reach(stamp->number, message.client_id);
        may_reach_subscribers(stamp->number, channel == "/service/shout" ? "/shout" : channel);
    }
}

void DeliveryLedger::may_reach_subscribers(std::size_t number, std::string const& channel)
{
    for (auto const& [id, client] : clients_)
        if (std::any_of(client.subscriptions.begin(), client.subscriptions.end(),
                [&](std::string const& pattern) { return matches(pattern, channel); }))
            may_reach(number, id);
}

void DeliveryLedger::may_reach(std::size_t number, std::string const& client_id)
{
    receivers_[number].insert(client_id);
}

void DeliveryLedger::unsubscribed(PlainMessage const& message)
{
    for (auto const& name : *message.names)
        clients_.at(message.client_id).subscriptions.erase(identity(name));
}

void DeliveryLedger::arrived(Reply const& reply)
{
    if (reply.messages.empty())
        return;
    auto& receiver = clients_.at(reply.client_id);
    require(!receiver.dead, "messages to a session that has ended");
    for (auto const& message : reply.messages) {
        auto const stamp = stamp_in(message->json);
        if (!stamp)
            continue;
        require(receivers_[stamp->number].count(reply.client_id) == 1,
            "a message to one that did not ask for it: " + message->json);
        auto& newest = receiver.seen[stamp->publisher];
        require(stamp->number > newest, "twice, or in the wrong order: " + message->json);
        newest = stamp->number;
    }
}

void DeliveryLedger::returned(Reply const& reply)
{
    auto& seen = clients_.at(reply.client_id).seen;
    for (auto message = reply.messages.rbegin(); message != reply.messages.rend(); ++message)
        if (auto const stamp = stamp_in((*message)->json))
            seen[stamp->publisher] = stamp->number - 1;
}

} // namespace bayeux::testing
