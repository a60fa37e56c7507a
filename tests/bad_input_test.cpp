// What no client of ours sends: each service says what is wrong with it, and goes on.

#include "bayeux/testing/fake_world.hpp"
#include "services/services.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

namespace json = boost::json;

struct ServicesWorld : FakeWorld {
    ServicesWorld()
    {
        for (auto const& type : services::types())
            engine().install(type.make(context(), type.defaults()));
    }
};

std::string repeated(std::string const& text, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

/// Values of all kinds, also where a service expects something else.
std::vector<std::string> junk()
{
    auto const deep = repeated("[", 90) + repeated("]", 90);
    auto const deep_objects = repeated(R"({"user":)", 90) + "1" + repeated("}", 90);
    std::vector<std::string> const values{"null", "true", "0", "-1", "1.5", "1e999",
        "18446744073709551615", R"("")", R"("x")", R"("\u0000")", "[]", R"([1,"x"])", "{}", deep,
        deep_objects, '"' + std::string(1'000'000, 'x') + '"'};
    auto all = values;
    for (auto const* const name :
        {"user", "room", "channel", "pad", "client", "change", "below", "name", "id"})
        for (auto const& value : values)
            all.push_back(std::string(R"({")") + name + R"(":)" + value + "}");
    for (auto const& value : values)
        all.push_back(R"({"user":)" + value + R"(,"room":)" + value + R"(,"chat":)" + value +
                      R"(,"peer":)" + value + R"(,"channel":)" + value + R"(,"pad":)" + value +
                      R"(,"client":)" + value + R"(,"life":)" + value + R"(,"rev":)" + value +
                      R"(,"change":)" + value + R"(,"dividend":)" + value + "}");
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(services_say_what_is_wrong_with_their_input_and_go_on)
{
    ServicesWorld world;
    FakeClient client(world);
    for (auto const* const channel :
        {"/service/members", "/service/privatechat", "/service/pad", "/service/presence"}) {
        for (auto const& data : junk()) {
            if (data.find(R"("pad":"x")") != std::string::npos)
                continue; // makes sense
            BOOST_TEST(client.publish(channel, data).error().starts_with("400::"),
                channel << " takes " << data.substr(0, 100));
        }
    }
    for (auto const* const target : {"calculator/divide", "calculator/primes", "via/register",
             "via/unregister", "via/answer"}) {
        auto const channel = std::string("/service/") + target;
        for (auto const& data : junk()) {
            if (data == R"({"below":0})" || data == R"({"name":"x"})")
                continue;
            json::object const reply = client.publish(channel, data).on(channel);
            BOOST_TEST(reply.at("successful") == false);
            BOOST_TEST(reply.at("data") != "service failed");
        }
    }
    BOOST_TEST(client.publish("/service/echo", "1").error().empty());
}
