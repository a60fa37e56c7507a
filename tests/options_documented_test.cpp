// --help, the manual and the sample configuration name the same options with the same defaults.
// MAN_DIR is where the last two are.

#include "tests/options_fixture.hpp"
#include "tests/support/documented_options.hpp"

#include <ostream>
#include <regex>
#include <set>
#include <sstream>

namespace bayeux::server {
namespace {

using namespace bayeux::testing;

std::set<std::string> const command_line_only{
    "config", "check-config", "print-config", "help", "version"};

Defaults of_help()
{
    return options_of_help(printed({"--help"}));
}

/// The names of options of services stand below a section, and a list has a line for each value.
Defaults of_print_config()
{
    Defaults found;
    std::istringstream lines(printed({"--print-config"}));
    std::string section;
    std::smatch part;
    for (std::string line; std::getline(lines, line);) {
        if (std::regex_match(line, part, std::regex(R"(\[(.+)\])")))
            section = part[1].str() + '.';
        if (!std::regex_match(line, part, std::regex("([a-z-.]+) =(?: (.*))?")))
            continue;
        auto& values = found[section + part[1].str()];
        values += (values.empty() ? "" : ",") + part[2].str();
    }
    return found;
}

Defaults of_manual()
{
    auto const page = manual_text("bayeuxd.8");
    auto const begin = page.find("\n.Ss Options\n");
    auto const end = page.find("\n.Sh EXTENSIONS\n"); // services have their options in SERVICES
    BOOST_REQUIRE(begin < end);
    return options_of_manual(page.substr(begin, end - begin), command_line_only);
}

BOOST_AUTO_TEST_SUITE(options_documented)

BOOST_AUTO_TEST_CASE(help_has_all_options_with_their_defaults)
{
    auto expected = of_print_config();
    for (auto const& name : command_line_only) {
        expected.emplace(name, "");
    }
    BOOST_TEST(expected.size() > 30U);
    check_equal(of_help(), expected);
}

BOOST_AUTO_TEST_CASE(the_manual_has_all_options_with_their_defaults)
{
    check_equal(of_manual(), of_help());
}

BOOST_AUTO_TEST_CASE(the_sample_has_all_options_with_their_defaults)
{
    auto expected = of_help();
    for (auto const& name : command_line_only) {
        expected.erase(name);
    }
    check_equal(
        matches(manual_text("bayeuxd.conf.sample"), R"(^#([a-z.-]+) =(?: (.*))?$)"), expected);
}

BOOST_AUTO_TEST_CASE(the_sample_switched_on_is_the_default)
{
    auto const sample = manual_text("bayeuxd.conf.sample");
    auto const switched_on = std::regex_replace(sample,
        std::regex(R"(^#([a-z.-]+ =))", std::regex::ECMAScript | std::regex::multiline), "$1");
    BOOST_TEST(switched_on != sample);
    TemporaryDirectory const directory;
    auto const file = directory.write("conf", switched_on);
    BOOST_TEST(printed({"--config", file, "--print-config"}) == printed({"--print-config"}));
}

BOOST_AUTO_TEST_CASE(the_manual_and_the_sample_have_all_services)
{
    auto const page = manual_text("bayeuxd.8");
    auto const services = page.substr(page.find("\n.Sh SERVICES\n"));
    std::string names;
    for (auto const& type : services::types()) {
        BOOST_TEST(services.find("\n.It Cm " + type.name() + '\n') != std::string::npos,
            type.name() << " is not in the manual");
        names += (names.empty() ? "" : ", ") + type.name();
    }
    BOOST_TEST(
        manual_text("bayeuxd.conf.sample")
            .find("# Services to run, separated by commas: " + names + '\n') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(manual_pages_name_no_other_options)
{
    auto known = of_help();
    known.emplace("option", ""); // stands for any in the synopsis
    for (std::string const page : {"bayeuxd.8", "bayeuxd.conf.5", "bayeux.7"}) {
        auto const text = manual_text(page);
        std::regex const flag(R"((?:Fl -|--)([a-z]+(?:[-.][a-z]+)*))");
        for (std::sregex_iterator match(text.begin(), text.end(), flag), end; match != end;
             ++match) {
            BOOST_TEST(known.contains((*match)[1]), page << " has " << (*match)[1]);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::server
