#include "services/calculator.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bayeux::services {
namespace {

/// By the sieve of Eratosthenes.
std::int64_t count_primes(std::int64_t below)
{
    std::vector<bool> prime(static_cast<std::size_t>(below), true);
    std::int64_t found = 0;
    for (std::size_t n = 2; n < prime.size(); ++n) {
        if (!prime[n])
            continue;
        ++found;
        for (auto multiple = n * n; multiple < prime.size(); multiple += n)
            prime[multiple] = false;
    }
    return found;
}

} // namespace

Calculator::Calculator(ServiceContext& context) : BayeuxService(context, "calculator")
{
    on_call("calculator/sum", &Calculator::sum);
    on_call("calculator/divide", &Calculator::divide);
    on_call("calculator/primes", &Calculator::primes);
}

double Calculator::sum(Session&, Message const& message)
{
    auto const data = message.data();
    auto const* const numbers = data.if_array();
    if (numbers == nullptr || numbers->size() > max_numbers)
        throw BadMessage(
            "data must be an array of up to " + std::to_string(max_numbers) + " numbers");
    double sum = 0;
    for (auto const& number : *numbers) {
        if (!number.is_number())
            throw BadMessage("data must consist of numbers");
        sum += number.to_number<double>();
    }
    if (!std::isfinite(sum))
        throw BadMessage("the sum is too large");
    return sum;
}

boost::json::value Calculator::divide(Session&, Message const& message)
{
    Fields const data(message);
    auto const dividend = data.integer("dividend", -(1LL << 53), 1LL << 53);
    auto const divisor = data.integer("divisor", -(1LL << 53), 1LL << 53);
    if (divisor == 0)
        throw CallFailure("division by zero");
    return {{"quotient", dividend / divisor}, {"remainder", dividend % divisor}};
}

void Calculator::primes(RemoteCall call)
{
    auto const below = Fields(call.message()).integer("below", 0, max_below);
    in_background([below] { return count_primes(below); },
        [call](std::int64_t found) mutable { call.result(found); });
}

} // namespace bayeux::services
