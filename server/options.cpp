#include "server/options.hpp"

#include "server/browser_cookie.hpp"
#include "server/option_table.hpp"
#include "server/option_text.hpp"
#include "server/option_values.hpp"
#include "server/printable.hpp"
#include "server/program_info.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace bayeux::server {
namespace {

namespace po = boost::program_options;

using Table = std::vector<OptionSpec>;

/// One line for the user; parse_options() ends with it.
struct BadConfiguration : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// An option as one of the sources gives it.
struct Setting {
    OptionSpec const* option;
    std::string value;
    std::string origin; ///< for messages: "command line: --timeout", "bayeuxd.conf:3: timeout"
};

[[noreturn]] void reject(Setting const& setting, std::string const& why)
{
    throw BadConfiguration(setting.origin + " '" + setting.value + "' " + why);
}

std::vector<std::string_view> elements_of(Setting const& setting)
{
    constexpr std::string_view blanks = " \t";
    std::vector<std::string_view> elements;
    std::string_view rest = setting.value;
    while (!rest.empty()) {
        auto const comma = std::min(rest.find(','), rest.size());
        std::string_view element = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        element.remove_prefix(std::min(element.find_first_not_of(blanks), element.size()));
        element = element.substr(0, element.find_last_not_of(blanks) + 1);
        if (!element.empty()) {
            elements.push_back(element);
        }
    }
    return elements;
}

/// Lets the settings of one source take the place of what less important sources said.
void overlay(std::vector<Setting> const& settings, Options& options)
{
    std::set<OptionSpec const*> seen;
    for (auto const& setting : settings) {
        auto const& option = *setting.option;
        bool const first = seen.insert(&option).second;
        try {
            if (!option.is_list()) {
                if (!first) {
                    throw InvalidValue("must not be given twice");
                }
                option.add(options, setting.value);
                continue;
            }
            if (first) {
                option.clear(options);
            }
            for (auto const element : elements_of(setting)) {
                option.add(options, element);
            }
        } catch (InvalidValue const& error) {
            reject(setting, error.what());
        }
    }
    for (auto const& setting : settings) {
        auto const& option = *setting.option;
        if (!option.may_be_empty && option.values(options).empty()) {
            reject(setting, "must not be empty");
        }
    }
}

OptionSpec const* find_option(Table const& table, std::string_view name)
{
    auto const found = std::find_if(
        table.begin(), table.end(), [&](OptionSpec const& option) { return option.name == name; });
    return found == table.end() ? nullptr : &*found;
}

/// For sources other than the command line; `what` is what the user wrote there.
OptionSpec const& find_setting(Table const& table, std::string_view name, std::string const& what)
{
    auto const* const option = find_option(table, name);
    if (option == nullptr) {
        throw BadConfiguration(what + " is not an option");
    }
    if (option->command_line_only()) {
        throw BadConfiguration(what + " is for the command line only");
    }
    return *option;
}

/// Empty when the variable names no option.
std::string_view option_name_of(Table const& table, std::string_view variable)
{
    auto const option = std::ranges::find_if(
        table, [variable](OptionSpec const& spec) { return variable_of(spec.name) == variable; });
    return option == table.end() ? std::string_view{} : option->name;
}

std::vector<Setting> read_variables(Table const& table, Environment const& environment)
{
    std::vector<Setting> settings;
    for (auto const& [variable, value] : environment) {
        if (variable.starts_with(environment_prefix)) {
            std::string const origin = "environment: " + variable;
            auto const& option = find_setting(table, option_name_of(table, variable), origin);
            settings.push_back({&option, value, origin});
        }
    }
    return settings;
}

/// Boost.Program_options knows the grammar of a line but not its number, so it is given one line at
/// a time, under the heading of its section.
std::vector<Setting> read_file(Table const& table, std::string const& name)
{
    std::error_code error;
    std::ifstream file(name);
    if (!file || std::filesystem::is_directory(name, error)) {
        throw BadConfiguration("command line: --config '" + name + "' cannot be read");
    }
    po::options_description const any;
    std::vector<Setting> settings;
    std::string section;
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        std::string const origin = name + ':' + std::to_string(number);
        std::istringstream text(section + '\n' + line);
        std::vector<po::option> found;
        try {
            found = po::parse_config_file(text, any, true).options;
        } catch (po::error const&) {
            throw BadConfiguration(origin + ": '" + line + "' must be NAME = VALUE");
        }
        if (found.empty() && line.find('[') < line.find('#')) {
            section = line;
        }
        for (auto const& entry : found) {
            std::string const what = origin + ": " + entry.string_key;
            auto const& option = find_setting(table, entry.string_key, what);
            settings.push_back({&option, entry.value.front(), what});
        }
    }
    return settings;
}

/// The command line, taken apart.
struct Arguments {
    std::vector<Setting> settings;
    std::optional<std::string> config_file;
    std::set<std::string> flags;
};

Arguments read_arguments(Table const& table, int argc, char const* const* argv)
{
    po::options_description description;
    for (auto const& option : table) {
        if (option.value_name.empty()) {
            description.add_options()(option.name.c_str(), "");
        } else {
            description.add_options()(option.name.c_str(), po::value<std::string>(), "");
        }
    }
    namespace style = po::command_line_style;
    po::command_line_parser parser(argc, argv);
    parser.options(description);
    // No abbreviations: a later version's options must not change what a script means.
    parser.style(style::allow_long | style::long_allow_adjacent | style::long_allow_next);

    Arguments arguments;
    try {
        for (auto const& given : parser.run().options) {
            if (given.position_key >= 0) {
                throw BadConfiguration(
                    "command line: unexpected argument '" + given.value.front() + '\'');
            }
            auto const& option = *find_option(table, given.string_key);
            if (option.name == "config") {
                if (arguments.config_file) {
                    throw BadConfiguration("command line: --config must not be given twice");
                }
                arguments.config_file = given.value.front();
            } else if (option.command_line_only()) {
                arguments.flags.insert(option.name);
            } else {
                arguments.settings.push_back(
                    {&option, given.value.front(), "command line: --" + option.name});
            }
        }
    } catch (po::unknown_option const& error) {
        throw BadConfiguration("command line: " + error.get_option_name() + " is not an option");
    } catch (po::error const& error) {
        throw BadConfiguration(std::string("command line: ") + error.what());
    }
    return arguments;
}

Options default_options(ProgramInfo const& program)
{
    Options options;
    options.services = program.enabled;
    for (auto const& type : program.services) {
        options.service_options.emplace(type.name(), type.defaults());
    }
    return options;
}

std::variant<Options, Exit> evaluate(ProgramInfo const& program, Table const& table,
    Arguments const& arguments, Environment const& environment)
{
    auto options = default_options(program);
    if (arguments.flags.contains("help")) {
        return Exit{0, help_text(program, table, options)};
    }
    if (arguments.flags.contains("version")) {
        return Exit{0, program.version + '\n'};
    }
    if (arguments.config_file) {
        overlay(read_file(table, *arguments.config_file), options);
    }
    overlay(read_variables(table, environment), options);
    overlay(arguments.settings, options);
    if (auto const problem = browser_cookie_problem(options); !problem.empty()) {
        throw BadConfiguration(problem);
    }
    if (arguments.flags.contains("print-config")) {
        return Exit{0, config_text(table, options)};
    }
    if (arguments.flags.contains("check-config")) {
        return Exit{0, "ok\n"};
    }
    return options;
}

} // namespace

std::string to_string(ListenAddress const& address)
{
    bool const ipv6 = address.host.find(':') != std::string::npos;
    return (ipv6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

Environment read_environment(char const* const* environ)
{
    Environment environment;
    for (auto const* variable = environ; *variable != nullptr; ++variable) {
        std::string_view const text = *variable;
        auto const equals = text.find('=');
        if (equals != std::string_view::npos && text.starts_with(environment_prefix)) {
            environment.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return environment;
}

std::variant<Options, Exit> parse_options(
    int argc, char const* const* argv, Environment const& environment, ProgramInfo const& program)
{
    auto const table = make_option_table(program);
    try {
        return evaluate(program, table, read_arguments(table, argc, argv), environment);
    } catch (BadConfiguration const& error) {
        return Exit{2, program.name + ": " + printable(error.what()) + '\n'};
    }
}

} // namespace bayeux::server
