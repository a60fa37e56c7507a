#include "server/cli/bench/report.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bayeux::cli {
namespace {

/// As many digits as say something.
std::string number(double value)
{
    char text[32];
    auto const decimals = std::abs(value) >= 1000 ? 0 : std::abs(value) >= 10 ? 2 : 4;
    std::snprintf(text, sizeof text, "%.*f", decimals, std::isfinite(value) ? value : 0.0);
    return text;
}

struct ToJson {
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return number(value); }
    std::string operator()(std::string const& value) const
    {
        return boost::json::serialize(boost::json::value(value));
    }
    std::string operator()(std::vector<Report> const& value) const
    {
        std::string text = "[";
        for (auto const& report : value) {
            text += (text.size() > 1 ? "," : "") + report.json();
        }
        return text + ']';
    }
};

struct ToCell : ToJson {
    using ToJson::operator();
    std::string operator()(std::string const& value) const { return value; }
};

std::string spoken(std::string name)
{
    std::ranges::replace(name, '_', ' ');
    return name;
}

void pad(std::string& text, std::size_t width)
{
    text.append(width - std::min(width, text.size()), ' ');
}

} // namespace

void Report::add(std::string name, Value value)
{
    entries_.emplace_back(std::move(name), std::move(value));
}

void Report::add(Report const& other)
{
    entries_.insert(entries_.end(), other.entries_.begin(), other.entries_.end());
}

Report::Value const* Report::find(std::string_view name) const
{
    auto const found = std::ranges::find(entries_, name, &std::pair<std::string, Value>::first);
    return found == entries_.end() ? nullptr : &found->second;
}

std::string Report::json() const
{
    std::string text = "{";
    for (auto const& [name, value] : entries_) {
        text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + std::visit(ToJson(), value);
    }
    return text + '}';
}

std::string Report::line() const
{
    std::string text;
    for (auto const& [name, value] : entries_) {
        text += (text.empty() ? "" : ", ") + spoken(name) + ' ' + std::visit(ToCell(), value);
    }
    return text + '\n';
}

std::string Report::table() const
{
    std::size_t width = 0;
    for (auto const& [name, value] : entries_) {
        width = std::max(width, name.size());
    }
    std::string text;
    for (auto const& [name, value] : entries_) {
        if (auto const* rows = std::get_if<std::vector<Report>>(&value)) {
            text += spoken(name) + ":\n";
            for (auto const& row : *rows) {
                text += "  " + row.line();
            }
            continue;
        }
        auto line = spoken(name);
        pad(line, width + 2);
        text += line + std::visit(ToCell(), value) + '\n';
    }
    return text;
}

} // namespace bayeux::cli
