#pragma once

#include "bayeux/service.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>

namespace bayeux::services {

/// Remote calls, for CometD's remoteCall() and for whoever wants to see how they are answered:
///
///     calculator/sum     [1, 2.5]                      3.5
///     calculator/divide  {dividend: 17, divisor: 5}    {quotient: 3, remainder: 2}; by 0 the
///                                                      call fails
///     calculator/primes  {below: 100}                  25, later: it is counted on another thread
class Calculator : public BayeuxService {
public:
    static constexpr std::size_t max_numbers = 10'000;
    static constexpr std::int64_t max_below = 10'000'000;

    explicit Calculator(ServiceContext& context);

private:
    double sum(Session& caller, Message const& message);
    boost::json::value divide(Session& caller, Message const& message);
    void primes(RemoteCall call);
};

} // namespace bayeux::services
