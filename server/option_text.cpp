#include "server/option_text.hpp"

#include "server/option_values.hpp"
#include "server/program_info.hpp"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <iomanip>
#include <span>
#include <sstream>

namespace bayeux::server {
namespace {

namespace po = boost::program_options;

constexpr unsigned columns = 100;
constexpr unsigned description_columns = 64;

using Group = std::span<OptionSpec const>;

template <class Visit>
void for_each_group(std::vector<OptionSpec> const& table, Visit visit)
{
    for (auto first = table.begin(); first != table.end();) {
        auto const last = std::find_if(
            first, table.end(), [&](OptionSpec const& spec) { return spec.group != first->group; });
        visit(std::span(first, last));
        first = last;
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

std::string help_text(
    ProgramInfo const& program, std::vector<OptionSpec> const& table, Options const& defaults)
{
    po::options_description all("", columns, description_columns);
    for_each_group(table, [&](Group group) {
        po::options_description section(group.front().group, columns, description_columns);
        for (auto const& spec : group) {
            if (spec.value_name.empty()) {
                section.add_options()(spec.name.c_str(), spec.help.c_str());
                continue;
            }
            auto* const value = po::value<std::string>()->value_name(spec.value_name);
            if (!spec.command_line_only()) {
                auto const text = joined(spec.values(defaults), ",");
                if (!text.empty()) {
                    value->default_value(text);
                }
            }
            section.add_options()(spec.name.c_str(), value, spec.help.c_str());
        }
        all.add(section);
    });
    std::ostringstream out;
    out << "Usage: " << program.name
        << " [OPTION...]\n"
           "A Bayeux (CometD) server. MS is milliseconds, (=...) the default.\n"
        << all << "\nServices:\n";
    for (auto const& type : program.services) {
        out << "  " << std::left << std::setw(columns - description_columns - 2) << type.name()
            << type.description() << '\n';
    }
    out << "\nThe same names serve in the file that --config reads (max-queue = 100) and as\n"
           "environment variables (BAYEUXD_MAX_QUEUE=100). The command line goes before the\n"
           "environment, and the environment before the file. More is in bayeuxd(8).\n";
    return without_trailing_blanks(out.str());
}

std::string config_text(std::vector<OptionSpec> const& table, Options const& options)
{
    std::string out;
    for_each_group(table, [&](Group group) {
        auto const& section = group.front().service;
        out += (out.empty() ? "# " : "\n# ") + group.front().group + '\n';
        if (!section.empty()) {
            out += '[' + section + "]\n";
        }
        for (auto const& spec : group) {
            if (spec.command_line_only()) {
                continue;
            }
            auto values = spec.values(options);
            if (values.empty()) {
                values.emplace_back();
            }
            for (auto const& value : values) {
                out += spec.name.substr(section.empty() ? 0 : section.size() + 1) +
                       (value.empty() ? " =" : " = ") + value + '\n';
            }
        }
    });
    return out;
}

} // namespace bayeux::server
