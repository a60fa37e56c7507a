#pragma once

#include "server/options.hpp"
#include "server/program_info.hpp"
#include "services/services.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>
#include <variant>
#include <vector>

namespace bayeux::server {

using Arguments = std::vector<std::string>;

inline std::variant<Options, Exit> parse(Arguments const& arguments,
    Environment const& environment = {},
    ProgramInfo const& program = {"bayeuxd", "bayeuxd 1", services::types(), {}})
{
    std::vector<char const*> argv{"bayeuxd"};
    for (auto const& argument : arguments) {
        argv.push_back(argument.c_str());
    }
    return parse_options(static_cast<int>(argv.size()), argv.data(), environment, program);
}

inline Options accepted(Arguments const& arguments, Environment const& environment = {})
{
    auto const result = parse(arguments, environment);
    if (auto const* exit = std::get_if<Exit>(&result)) {
        BOOST_FAIL("refused: " << exit->text);
    }
    return std::get<Options>(result);
}

/// The text on standard output; the program would end with status 0.
inline std::string printed(Arguments const& arguments, Environment const& environment = {})
{
    auto const result = parse(arguments, environment);
    auto const* const exit = std::get_if<Exit>(&result);
    BOOST_REQUIRE(exit != nullptr);
    BOOST_TEST(exit->status == 0);
    return exit->text;
}

/// The line on standard error; the program would end with status 2.
inline std::string refused(Arguments const& arguments, Environment const& environment = {})
{
    auto const result = parse(arguments, environment);
    auto const* const exit = std::get_if<Exit>(&result);
    BOOST_REQUIRE_MESSAGE(exit != nullptr, "accepted");
    BOOST_TEST(exit->status == 2);
    BOOST_TEST(exit->text.ends_with('\n'));
    BOOST_TEST(std::count(exit->text.begin(), exit->text.end(), '\n') == 1);
    return exit->text.substr(0, exit->text.size() - 1);
}

class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "bayeuxd-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;

    std::string path() const { return path_.string(); }
    std::string write(std::string const& name, std::string_view text) const
    {
        std::ofstream(path_ / name, std::ios::binary) << text;
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

} // namespace bayeux::server
