#pragma once

#include "bayeux/delivery_listener.hpp"
#include "bayeux/service.hpp"
#include "bayeux/service_type.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::services {

/// Prices of stocks that do not exist, an example of news of which only the latest counts. Clients
/// subscribe to /ticker/WOOL or any other of the symbols, or to all by /ticker/*, and get at once
/// and then again and again
///
///     {symbol: "WOOL", price: 101.25, change: 1.25, tick: 17}
///
/// `change` is since the beginning, and `tick` counts the periods. The channels are lazy: a price
/// waits for newer ones, up to the delay, and what waits for a client is one price of each symbol,
/// the latest, however slow the client is. While nobody is subscribed nothing is done. The prices
/// are the same in each run.
class Ticker : public BayeuxService, private DeliveryListener {
public:
    static constexpr std::array<std::string_view, 8> symbols{
        "COTTON", "FELT", "HEMP", "JUTE", "LINEN", "SILK", "TWINE", "WOOL"};

    struct Options {
        Duration period{500};
        Duration delay{1'000};
        static void describe(OptionTable<Options>& table);
    };

    Ticker(ServiceContext& context, Options options);

private:
    struct Stock {
        std::string channel;
        std::int64_t first = 0; ///< cents
        std::int64_t price = 0;
    };

    void subscribed_to(Session& session, Channel& channel);
    void tick();
    bool anybody_listens();
    Message message(Stock const& stock) const;
    std::uint64_t random();
    void dequeuing(Session& session, std::vector<FrozenMessage>& messages) override;

    Duration period_;
    std::vector<Stock> stocks_;
    std::uint64_t random_state_ = 0;
    std::uint64_t ticks_ = 0;
    Timer timer_; ///< runs while there are subscribers
};

} // namespace bayeux::services
