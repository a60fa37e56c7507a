#include "tests/support/documented_options.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>
#include <regex>

namespace bayeux::testing {

std::string manual_text(std::string const& name)
{
    std::ifstream file(std::string(MAN_DIR) + '/' + name, std::ios::binary);
    BOOST_REQUIRE_MESSAGE(file, name << " cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

Defaults matches(std::string const& text, std::string const& pattern)
{
    Defaults found;
    std::regex const regex(pattern, std::regex::ECMAScript | std::regex::multiline);
    for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match) {
        BOOST_TEST(found.emplace((*match)[1], (*match)[2]).second, (*match)[1] << " stands twice");
    }
    return found;
}

Defaults options_of_help(std::string const& help)
{
    return matches(help, R"(^  --([a-z.-]+)(?: [^ (]+)?(?: \(=([^)]*)\))?)");
}

Defaults options_of_manual(std::string const& list, std::set<std::string> const& without)
{
    Defaults found;
    std::regex const item(R"(\n\.It Fl -([a-z.-]+)([^]*?)(?=\n\.It|\n\.El))");
    std::regex const text(R"(\nThe default is (.*)\.(\n|$))");
    for (std::sregex_iterator match(list.begin(), list.end(), item), last; match != last; ++match) {
        std::string const name = (*match)[1];
        std::string const description = (*match)[2];
        std::smatch value;
        bool const has_default = std::regex_search(description, value, text);
        BOOST_TEST((has_default || without.contains(name) ||
                       description.ends_with("\nThere is no default.")),
            name << " does not end with its default");
        BOOST_TEST(found.emplace(name, value[1]).second, name << " stands twice");
    }
    return found;
}

void check_equal(Defaults const& found, Defaults const& expected)
{
    for (auto const& [name, value] : expected) {
        auto const same = found.find(name);
        BOOST_TEST((same != found.end()), name << " is missing");
        if (same != found.end()) {
            BOOST_TEST(same->second == value, name << " is " << same->second << ", not " << value);
        }
    }
    for (auto const& [name, value] : found) {
        BOOST_TEST(expected.contains(name), name << " is not an option");
    }
}

} // namespace bayeux::testing
