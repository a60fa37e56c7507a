// Where options come from, which source wins, and what the program says about them.

#include "tests/options_fixture.hpp"

#include <sstream>

namespace bayeux::server {
namespace {

BOOST_AUTO_TEST_SUITE(option_sources)

BOOST_AUTO_TEST_CASE(file_goes_before_defaults_environment_before_file_command_line_before_all)
{
    TemporaryDirectory const directory;
    auto const file = directory.write("conf", "timeout = 1\ninterval = 1\nmax-interval = 1\n");
    Options const options = accepted({"--config", file, "--max-interval", "3"},
        {{"BAYEUXD_INTERVAL", "2"}, {"BAYEUXD_MAX_INTERVAL", "2"}});
    BOOST_TEST(options.engine.timeout.count() == 1);
    BOOST_TEST(options.engine.interval.count() == 2);
    BOOST_TEST(options.engine.max_interval.count() == 3);
    BOOST_TEST(options.engine.sweep_period.count() == 997);
}

BOOST_AUTO_TEST_CASE(a_list_replaces_the_whole_list_of_a_lower_source)
{
    TemporaryDirectory const directory;
    auto const file = directory.write("conf", "path = /a\npath = /b\nservices = chat\n");
    auto const paths = [](Options const& options) { return options.path; };
    using Paths = std::vector<std::string>;
    BOOST_TEST(paths(accepted({"--config", file})) == (Paths{"/a", "/b"}),
        boost::test_tools::per_element());
    Environment const environment{{"BAYEUXD_PATH", "/c, /d"}};
    BOOST_TEST(paths(accepted({"--config", file}, environment)) == (Paths{"/c", "/d"}),
        boost::test_tools::per_element());
    Arguments const arguments{"--config", file, "--path", "/e", "--path=/f,/g"};
    BOOST_TEST(paths(accepted(arguments, environment)) == (Paths{"/e", "/f", "/g"}),
        boost::test_tools::per_element());
    BOOST_TEST(accepted(arguments, environment).services == Paths{"chat"});
}

BOOST_AUTO_TEST_CASE(an_empty_value_empties_a_list_that_may_be_empty)
{
    Environment const environment{
        {"BAYEUXD_SERVICES", "chat"}, {"BAYEUXD_ALLOW_ORIGIN", "https://example.org"}};
    Options const options =
        accepted({"--services", "", "--allow-origin", "", "--extensions", ""}, environment);
    BOOST_TEST(options.services.empty());
    BOOST_TEST(options.extensions.empty());
    BOOST_TEST(options.allow_origin.empty());
    BOOST_TEST(refused({"--listen", ""}) == "bayeuxd: command line: --listen '' must not be empty");
    BOOST_TEST(refused({}, {{"BAYEUXD_PATH", " , "}}) ==
               "bayeuxd: environment: BAYEUXD_PATH ' , ' must not be empty");
}

BOOST_AUTO_TEST_CASE(the_file_knows_comments_blanks_and_windows_line_ends)
{
    TemporaryDirectory const directory;
    auto const file = directory.write("conf", "# a comment\n\n  timeout=5  # five\r\n\tservices = "
                                              "chat , echo\r\nwww =\nlog-level = debug");
    Options const options = accepted({"--config", file});
    BOOST_TEST(options.engine.timeout.count() == 5);
    BOOST_TEST(options.services.size() == 2U);
    BOOST_CHECK(options.log_level == LogLevel::debug);
}

BOOST_AUTO_TEST_CASE(an_error_in_the_file_names_file_and_line)
{
    TemporaryDirectory const directory;
    auto const refusal = [&](std::string_view text) {
        auto const file = directory.write("conf", text);
        auto const line = refused({"--config", file});
        auto const prefix = "bayeuxd: " + file;
        BOOST_TEST(line.starts_with(prefix));
        return line.substr(std::min(prefix.size(), line.size()));
    };
    BOOST_TEST(refusal("\n# x\ntimeout = abc\n") ==
               ":3: timeout 'abc' must be a whole number of milliseconds from 0 to 2147483647");
    BOOST_TEST(refusal("timeout = 1\ntiemout = 1\n") == ":2: tiemout is not an option");
    BOOST_TEST(refusal("maxInterval = 1\n") == ":1: maxInterval is not an option");
    BOOST_TEST(refusal("[ws]\ntimeout = 1\n") == ":2: ws.timeout is not an option");
    BOOST_TEST(refusal("timeout\n") == ":1: 'timeout' must be NAME = VALUE");
    BOOST_TEST(refusal("timeout = 1\ntimeout = 1\n") == ":2: timeout '1' must not be given twice");
    BOOST_TEST(refusal("config = x\n") == ":1: config is for the command line only");
    BOOST_TEST(refusal("help = \n") == ":1: help is for the command line only");
    BOOST_TEST(refusal("path = /a\npath = b\n").starts_with(":2: path 'b' must begin with '/'"));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_an_error)
{
    TemporaryDirectory const directory;
    for (auto const& name : {directory.path() + "/missing", directory.path()}) {
        BOOST_TEST(refused({"--config", name}) ==
                   "bayeuxd: command line: --config '" + name + "' cannot be read");
    }
}

BOOST_AUTO_TEST_CASE(an_error_in_the_environment_names_the_variable)
{
    BOOST_TEST(refused({}, {{"BAYEUXD_TIMEOUT", "abc"}}) ==
               "bayeuxd: environment: BAYEUXD_TIMEOUT 'abc' must be a whole number of milliseconds "
               "from 0 to 2147483647");
    for (std::string const name :
        {"BAYEUXD_TIEMOUT", "BAYEUXD_", "BAYEUXD_timeout", "BAYEUXD_MAX-INTERVAL"}) {
        BOOST_TEST(
            refused({}, {{name, "1"}}) == "bayeuxd: environment: " + name + " is not an option");
    }
    BOOST_TEST(refused({}, {{"BAYEUXD_CONFIG", "x"}}) ==
               "bayeuxd: environment: BAYEUXD_CONFIG is for the command line only");
}

BOOST_AUTO_TEST_CASE(other_variables_are_of_no_interest)
{
    BOOST_TEST(accepted({}, {{"TIMEOUT", "abc"}, {"BAYEUX_TIMEOUT", "1"}, {"PATH", "/bin"}})
                   .engine.timeout.count() == 30'000);
    std::array<char const*, 5> const environ{
        "PATH=/bin", "BAYEUXD_TIMEOUT=1=2", "BAYEUXD_X", "BAYEUXD_WWW=", nullptr};
    Environment const expected{{"BAYEUXD_TIMEOUT", "1=2"}, {"BAYEUXD_WWW", ""}};
    BOOST_CHECK(read_environment(environ.data()) == expected);
}

BOOST_AUTO_TEST_CASE(an_unknown_argument_is_an_error)
{
    BOOST_TEST(refused({"--tiemout", "1"}) == "bayeuxd: command line: --tiemout is not an option");
    BOOST_TEST(
        refused({"--maxInterval=1"}) == "bayeuxd: command line: --maxInterval=1 is not an option");
    // Abbreviations would change their meaning with the next version.
    BOOST_TEST(refused({"--time", "1"}) == "bayeuxd: command line: --time is not an option");
    BOOST_TEST(refused({"chat"}) == "bayeuxd: command line: unexpected argument 'chat'");
    BOOST_TEST(refused({"-h"}) == "bayeuxd: command line: unexpected argument '-h'");
    BOOST_TEST(refused({"--", "--help"}) == "bayeuxd: command line: unexpected argument '--help'");
}

BOOST_AUTO_TEST_CASE(an_option_is_given_once_and_with_a_value)
{
    BOOST_TEST(refused({"--timeout", "1", "--timeout=2"}) ==
               "bayeuxd: command line: --timeout '2' must not be given twice");
    BOOST_TEST(refused({"--config", "a", "--config", "b"}) ==
               "bayeuxd: command line: --config must not be given twice");
    BOOST_TEST(refused({"--timeout"}).find("'--timeout'") != std::string::npos);
    BOOST_TEST(refused({"--check-config=yes"}).find("'--check-config'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_error_stays_on_its_line)
{
    BOOST_TEST(
        refused({"--www", "a\nb\x1b[31m"}) ==
        "bayeuxd: command line: --www 'a\\nb\\x1b[31m' must not hold '#' or control characters, "
        "nor blanks at its ends");
}

BOOST_AUTO_TEST_CASE(check_config_says_ok_or_what_is_wrong)
{
    BOOST_TEST(printed({"--check-config"}) == "ok\n");
    BOOST_TEST(
        refused({"--check-config", "--timeout", "x"}).find("--timeout 'x'") != std::string::npos);
    BOOST_TEST(
        refused({"--check-config"}, {{"BAYEUXD_LOG_LEVEL", "x"}}).find("BAYEUXD_LOG_LEVEL 'x'") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(print_config_is_read_back_to_the_same)
{
    TemporaryDirectory const directory;
    std::vector<Arguments> const cases{
        {}, {"--listen", ":1,[::1]:0", "--path", "/", "--path", "/x", "--www", directory.path(),
                "--services", "echo,chat", "--allow-origin", "*", "--trust-client-session", "true",
                "--max-sessions-per-browser", "-1", "--log-level", "error", "--timeout", "0"}};
    for (auto arguments : cases) {
        arguments.emplace_back("--print-config");
        auto const text = printed(arguments);
        auto const file = directory.write("conf", text);
        BOOST_TEST(printed({"--config", file, "--print-config"}) == text);
    }
}

BOOST_AUTO_TEST_CASE(print_config_shows_what_is_in_force)
{
    auto const text =
        printed({"--print-config", "--path", "/a", "--path", "/b"}, {{"BAYEUXD_TIMEOUT", "7"}});
    BOOST_TEST(text.find("\ntimeout = 7\n") != std::string::npos);
    BOOST_TEST(text.find("\npath = /a\npath = /b\n") != std::string::npos);
    BOOST_TEST(text.find("\nwww =\n") != std::string::npos);
    BOOST_TEST(text.find("print-config") == std::string::npos);
    BOOST_TEST(
        refused({"--print-config", "--timeout", "x"}).find("--timeout 'x'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_and_version_do_not_look_at_other_sources)
{
    Environment const bad{{"BAYEUXD_NONSENSE", "1"}};
    BOOST_TEST(printed({"--version", "--config", "/missing"}, bad).starts_with("bayeuxd "));
    BOOST_TEST(printed({"--help", "--config", "/missing"}, bad).starts_with("Usage: bayeuxd"));
}

BOOST_AUTO_TEST_CASE(help_fits_a_terminal)
{
    std::istringstream lines(printed({"--help"}));
    for (std::string line; std::getline(lines, line);) {
        BOOST_TEST(line.size() <= 100U, line);
        BOOST_TEST(!line.ends_with(' '), line);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::server
