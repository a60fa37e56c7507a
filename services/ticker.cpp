#include "services/ticker.hpp"

#include "bayeux/channel_name.hpp"

#include <algorithm>

namespace bayeux::services {
namespace {

constexpr std::string_view prefix = "/ticker/";

/// 12345 is 123.45.
std::string decimal(std::int64_t cents)
{
    auto const magnitude = cents < 0 ? -cents : cents;
    auto const fraction = std::to_string(magnitude % 100);
    return (cents < 0 ? "-" : "") + std::to_string(magnitude / 100) +
           (fraction.size() < 2 ? ".0" : ".") + fraction;
}

} // namespace

void Ticker::Options::describe(OptionTable<Options>& table)
{
    table.add("period", &Options::period, "MS", "prices change as often", {10, 3'600'000});
    table.add("delay", &Options::delay, "MS", "prices wait so long for newer ones", {0, 3'600'000});
}

Ticker::Ticker(ServiceContext& context, Options options)
    : BayeuxService(context, "ticker"), period_(options.period)
{
    auto& channels = context.channel("/ticker/**");
    channels.add_authorizer(grant({Operation::create, Operation::subscribe}));
    channels.set_lazy(options.delay);
    for (auto const symbol : symbols) {
        auto const price = 5'000 + static_cast<std::int64_t>(random() % 20'000);
        stocks_.push_back({std::string(prefix).append(symbol), price, price});
    }
    on_subscribed("/ticker/**", &Ticker::subscribed_to);
    context.add_delivery_listener(*this);
}

void Ticker::subscribed_to(Session& session, Channel& channel)
{
    if (!timer_.running())
        timer_ = every(period_, &Ticker::tick);
    for (auto const& stock : stocks_)
        if (is_wild(channel.name()) || channel.name() == stock.channel)
            session.deliver(freeze(message(stock)));
}

void Ticker::tick()
{
    if (!anybody_listens())
        return timer_.cancel();
    ++ticks_;
    for (auto& stock : stocks_) {
        if (random() % 2 == 0)
            continue;
        auto const most = stock.price / 100 + 1; // about a percent
        auto const step =
            static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(2 * most + 1)) - most;
        stock.price = std::max<std::int64_t>(stock.price + step, 100);
        context().publish(message(stock));
    }
}

bool Ticker::anybody_listens()
{
    auto const has_subscribers = [this](std::string_view name) {
        auto* const channel = context().find_channel(name);
        return channel != nullptr && channel->subscriber_count() > 0;
    };
    return has_subscribers("/ticker/*") || has_subscribers("/ticker/**") ||
           std::ranges::any_of(stocks_, has_subscribers, &Stock::channel);
}

Message Ticker::message(Stock const& stock) const
{
    // Written here, since Boost.JSON would make 1.2345E2 of 123.45.
    return Message::make(stock.channel, R"({"symbol":")" + stock.channel.substr(prefix.size()) +
                                            R"(","price":)" + decimal(stock.price) +
                                            R"(,"change":)" + decimal(stock.price - stock.first) +
                                            R"(,"tick":)" + std::to_string(ticks_) + "}");
}

/// splitmix64
std::uint64_t Ticker::random()
{
    random_state_ += 0x9e3779b97f4a7c15U;
    auto mixed = random_state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
}

/// Of several prices of one symbol the last one stays.
void Ticker::dequeuing(Session&, std::vector<FrozenMessage>& messages)
{
    std::vector<std::string_view> newer;
    auto const is_outdated = [&newer](FrozenMessage const& message) {
        if (!message->channel.starts_with(prefix))
            return false;
        if (std::ranges::find(newer, message->channel) != newer.end())
            return true;
        newer.push_back(message->channel);
        return false;
    };
    auto const kept = std::remove_if(messages.rbegin(), messages.rend(), is_outdated);
    messages.erase(messages.begin(), kept.base());
}

} // namespace bayeux::services
