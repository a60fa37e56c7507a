#include "server/option_text.hpp"

#include "server/option_values.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <sstream>

namespace bayeux::server {
namespace {

namespace po = boost::program_options;

constexpr unsigned columns = 100;
constexpr unsigned description_columns = 64;

using Group = std::vector<OptionSpec const*>;

template <class Visit>
void for_each_group(std::vector<OptionSpec> const& table, Visit visit)
{
    for (std::size_t i = 0; i < option_group_titles.size(); ++i) {
        Group group;
        for (auto const& spec : table) {
            if (spec.group == static_cast<OptionGroup>(i)) {
                group.push_back(&spec);
            }
        }
        visit(std::string(option_group_titles[i]), group);
    }
}

/// Boost.Program_options leaves the blank at which it breaks a line.
std::string without_trailing_blanks(std::string const& text)
{
    std::string out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
    }
    return out;
}

} // namespace

std::string help_text(std::vector<OptionSpec> const& table)
{
    Options const defaults;
    po::options_description all("", columns, description_columns);
    for_each_group(table, [&](std::string const& title, Group const& group) {
        po::options_description section(title, columns, description_columns);
        for (auto const* spec : group) {
            if (spec->value_name.empty()) {
                section.add_options()(spec->name.c_str(), spec->help.c_str());
                continue;
            }
            auto* const value = po::value<std::string>()->value_name(spec->value_name);
            if (!spec->command_line_only()) {
                auto const text = joined(spec->values(defaults), ",");
                if (!text.empty()) {
                    value->default_value(text);
                }
            }
            section.add_options()(spec->name.c_str(), value, spec->help.c_str());
        }
        all.add(section);
    });
    std::ostringstream out;
    out << "Usage: bayeuxd [OPTION...]\n"
           "A Bayeux (CometD) server. MS is milliseconds, (=...) the default.\n"
        << all
        << "\nThe same names serve in the file that --config reads (max-queue = 100) and as\n"
           "environment variables (BAYEUXD_MAX_QUEUE=100). The command line goes before the\n"
           "environment, and the environment before the file. More is in bayeuxd(8).\n";
    return without_trailing_blanks(out.str());
}

std::string config_text(std::vector<OptionSpec> const& table, Options const& options)
{
    std::string out;
    for_each_group(table, [&](std::string const& title, Group const& group) {
        out += (out.empty() ? "# " : "\n# ") + title + '\n';
        for (auto const* spec : group) {
            if (spec->command_line_only()) {
                continue;
            }
            auto values = spec->values(options);
            if (values.empty()) {
                values.emplace_back();
            }
            for (auto const& value : values) {
                out += spec->name + (value.empty() ? " =" : " = ") + value + '\n';
            }
        }
    });
    return out;
}

} // namespace bayeux::server
