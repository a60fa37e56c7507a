#include "bayeux/testing/fake_world.hpp"
#include "services/calculator.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using bayeux::services::Calculator;

namespace {

namespace json = boost::json;

/// A client that calls, and what comes back.
struct Caller : FakeWorld {
    Caller() { install<Calculator>(); }

    json::object calls(std::string const& what, std::string const& data)
    {
        return client.publish("/service/calculator/" + what, data)
            .on("/service/calculator/" + what);
    }
    json::value result(std::string const& what, std::string const& data)
    {
        auto const reply = calls(what, data);
        BOOST_TEST(reply.at("successful") == true);
        return reply.at("data");
    }
    json::value failure(std::string const& what, std::string const& data)
    {
        auto const reply = calls(what, data);
        BOOST_TEST(reply.at("successful") == false);
        return reply.at("data");
    }

    FakeClient client{*this};
};

} // namespace

BOOST_AUTO_TEST_CASE(calls_are_answered_with_a_result)
{
    Caller caller;
    BOOST_TEST(caller.result("sum", "[1,2.5,-1e1]").to_number<double>() == -6.5);
    BOOST_TEST(caller.result("sum", "[]").to_number<double>() == 0);
    BOOST_TEST(caller.result("divide", R"({"dividend":17,"divisor":5})") ==
               (json::value{{"quotient", 3}, {"remainder", 2}}));
}

BOOST_AUTO_TEST_CASE(calls_fail_with_what_the_service_says)
{
    Caller caller;
    BOOST_TEST(caller.failure("divide", R"({"dividend":17,"divisor":0})") == "division by zero");
    BOOST_TEST(
        caller.failure("divide", R"({"dividend":1})") == "data.divisor must be a whole number");
    for (auto const* const data : {"null", "1", R"({"a":1})", R"("x")"})
        BOOST_TEST(caller.failure("sum", data) == "data must be an array of up to 10000 numbers");
    BOOST_TEST(caller.failure("sum", R"([1,"2"])") == "data must consist of numbers");
    BOOST_TEST(caller.failure("sum", "[1e999]") == "the sum is too large");
    BOOST_TEST(caller.failure("primes", R"({"below":-1})") ==
               "data.below must be a whole number from 0 to 10000000");
}

BOOST_AUTO_TEST_CASE(primes_are_counted_on_another_thread)
{
    Caller caller;
    auto const connect = caller.client.connect();
    caller.client.publish("/service/calculator/primes", R"({"below":100})");
    BOOST_TEST(caller.waits(connect));
    caller.finish_background();
    BOOST_TEST(caller.answered(connect).on("/service/calculator/primes").at("data") == 25);
    for (auto const& [below, count] : {std::pair{0, 0}, {2, 0}, {3, 1}, {1'000'000, 78'498}}) {
        caller.client.publish(
            "/service/calculator/primes", R"({"below":)" + std::to_string(below) + "}");
        caller.finish_background();
        BOOST_TEST(caller.client.poll().on("/service/calculator/primes").at("data") == count);
    }
}
