#include "server/program.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <vector>

namespace bayeux::server {
namespace {

class Broken : public BayeuxService {
public:
    explicit Broken(ServiceContext& context) : BayeuxService(context, "broken")
    {
        throw std::runtime_error("cannot begin");
    }
};

int status_of(Program& program, std::vector<char const*> arguments)
{
    arguments.insert(arguments.begin(), "program");
    arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
    return program.run(static_cast<int>(arguments.size()), arguments.data());
}

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(a_service_that_cannot_begin_ends_the_program_with_status_1)
{
    Program broken("broken");
    broken.add<Broken>("my-broken", "throws");
    BOOST_TEST(status_of(broken, {}) == 1);
    BOOST_TEST(status_of(broken, {"--check-config"}) == 0);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_ends_the_program_with_status_1)
{
    Program clash("clash");
    clash.add<Broken>("chat", "is there already");
    BOOST_TEST(status_of(clash, {"--check-config"}) == 1);
}

BOOST_AUTO_TEST_CASE(a_wrong_option_ends_the_program_with_status_2)
{
    Program bayeuxd;
    BOOST_TEST(status_of(bayeuxd, {"--nonsense"}) == 2);
    BOOST_TEST(status_of(bayeuxd, {"--check-config"}) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::server
