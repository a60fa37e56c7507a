#include "bayeux/data_filter.hpp"

#include "bayeux/json_text.hpp"

#include <boost/json/parse.hpp>

namespace bayeux {
namespace {

namespace json = boost::json;

/// Where the string that begins at `begin` ends, behind its closing quote.
std::size_t end_of_string(std::string_view text, std::size_t begin)
{
    auto at = begin + 1;
    while (text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at + 1;
}

bool is_name(std::string_view text, std::size_t behind)
{
    auto const next = text.find_first_not_of(" \t\r\n", behind);
    return next != std::string_view::npos && text[next] == ':';
}

} // namespace

std::optional<std::string> filter_strings(std::string_view text, StringFilter const& filter)
{
    std::string filtered;
    filtered.reserve(text.size());
    std::size_t copied = 0;
    for (auto begin = text.find('"'); begin != std::string_view::npos;) {
        auto const end = end_of_string(text, begin);
        if (!is_name(text, end)) {
            auto const token = text.substr(begin, end - begin);
            auto const value = json::parse({token.data(), token.size()});
            auto const& before = value.get_string();
            auto const after = filter({before.data(), before.size()});
            if (!after)
                return std::nullopt;
            if (*after != std::string_view(before.data(), before.size())) {
                filtered += text.substr(copied, begin - copied);
                append_json_string(filtered, *after);
                copied = end;
            }
        }
        begin = text.find('"', end);
    }
    filtered += text.substr(copied);
    return filtered;
}

std::optional<std::string> no_markup(std::string_view text)
{
    std::string shown;
    shown.reserve(text.size());
    for (char const c : text) {
        if (c == '<')
            shown += "&lt;";
        else if (c == '>')
            shown += "&gt;";
        else
            shown += c;
    }
    return shown;
}

MessageListener data_filter(std::vector<StringFilter> filters)
{
    return [filters = std::move(filters)](
               Session*, Channel&, Message& message, MessageReply&, Pending) {
        for (auto const& filter : filters) {
            auto filtered = filter_strings(message.data_text(), filter);
            if (!filtered)
                return Decision::deny();
            if (*filtered != message.data_text())
                message.set_data(std::move(*filtered));
        }
        return Decision::allow();
    };
}

} // namespace bayeux
