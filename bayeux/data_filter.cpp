#include "bayeux/data_filter.hpp"

#include "bayeux/fields.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/utf8.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <utility>

namespace bayeux {
namespace {

namespace json = boost::json;

constexpr std::string_view blanks = " \t\r\n";

/// Where the string that begins at `begin` ends, behind its closing quote.
std::size_t end_of_string(std::string_view text, std::size_t begin)
{
    auto at = begin + 1;
    while (text[at] != '"')
        at += text[at] == '\\' ? 2 : 1;
    return at + 1;
}

std::size_t end_of_container(std::string_view text, std::size_t begin)
{
    std::size_t depth = 0;
    auto at = begin;
    do {
        if (text[at] == '"') {
            at = end_of_string(text, at);
            continue;
        }
        if (text[at] == '{' || text[at] == '[')
            ++depth;
        else if (text[at] == '}' || text[at] == ']')
            --depth;
        ++at;
    } while (depth > 0);
    return at;
}

std::size_t end_of_literal(std::string_view text, std::size_t begin)
{
    return std::min(text.find_first_of(",]} \t\r\n", begin), text.size());
}

bool is_name(std::string_view text, std::size_t behind)
{
    auto const next = text.find_first_not_of(blanks, behind);
    return next != std::string_view::npos && text[next] == ':';
}

/// Goes through a JSON text once and copies it with what the filter has changed. It needs no stack
/// for what is nested, since it only looks where values begin.
class FilterRun {
public:
    FilterRun(std::string_view text, ValueFilter const& filter) : text_(text), filter_(filter)
    {
        filtered_.reserve(text.size());
    }

    std::optional<std::string> run()
    {
        while (at_ < text_.size())
            if (!step())
                return std::nullopt;
        filtered_ += text_.substr(copied_);
        return std::move(filtered_);
    }

private:
    /// Past the next value, or to what is in it; false when it is refused.
    bool step()
    {
        switch (text_[at_]) {
        case '"':
            return string();
        case '[':
            return container(filter_.array);
        case '{':
            return container(filter_.object);
        case 't':
        case 'f':
            return value(filter_.boolean, end_of_literal(text_, at_));
        case 'n':
            at_ = end_of_literal(text_, at_);
            return true;
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9':
            return value(filter_.number, end_of_literal(text_, at_));
        default:
            ++at_;
            return true;
        }
    }

    bool string()
    {
        auto const end = end_of_string(text_, at_);
        if (!filter_.string || is_name(text_, end)) {
            at_ = end;
            return true;
        }
        auto const token = text_.substr(at_, end - at_);
        auto const decoded = json::parse({token.data(), token.size()});
        std::string_view const before = decoded.get_string();
        auto const after = filter_.string(before);
        if (!after)
            return false;
        if (*after == before) {
            at_ = end;
            return true;
        }
        std::string quoted;
        append_json_string(quoted, valid_utf8(*after));
        replace(end, quoted);
        return true;
    }

    bool container(StringFilter const& filter)
    {
        auto const begin = at_;
        if (filter && !value(filter, end_of_container(text_, at_)))
            return false;
        if (copied_ <= begin) // it has not been replaced
            at_ = begin + 1;
        return true;
    }

    bool value(StringFilter const& filter, std::size_t end)
    {
        auto const before = text_.substr(at_, end - at_);
        auto const after = filter ? filter(before) : std::string(before);
        if (!after)
            return false;
        if (*after == before)
            at_ = end;
        else
            replace(end, *after);
        return true;
    }

    void replace(std::size_t end, std::string_view with)
    {
        filtered_ += text_.substr(copied_, at_ - copied_);
        filtered_ += with;
        copied_ = at_ = end;
    }

    std::string_view text_;
    ValueFilter const& filter_;
    std::string filtered_;
    std::size_t at_ = 0;
    std::size_t copied_ = 0; ///< up to here `filtered_` is complete
};

constexpr std::string_view script = "script";

/// Any case.
bool has_script_at(std::string_view text, std::size_t at)
{
    auto const here = text.substr(std::min(at, text.size()), script.size());
    return std::ranges::equal(here, script,
        [](char c, char lower) { return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == lower; });
}

std::size_t skip_blanks(std::string_view text, std::size_t at)
{
    return std::min(text.find_first_not_of(" \t\r\n\f\v", at), text.size());
}

/// The characters of UTF-8, one each.
std::wstring characters(std::string_view utf8)
{
    std::wstring all;
    all.reserve(utf8.size());
    for (char const c : utf8) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x80 && byte < 0xc0 && !all.empty())
            all.back() =
                static_cast<wchar_t>(static_cast<unsigned>(all.back()) << 6U | (byte & 0x3fU));
        else
            all += static_cast<wchar_t>(byte < 0x80   ? byte
                                        : byte < 0xe0 ? byte & 0x1fU
                                        : byte < 0xf0 ? byte & 0x0fU
                                                      : byte & 0x07U);
    }
    return all;
}

std::string utf8(std::wstring_view characters)
{
    std::string text;
    text.reserve(characters.size());
    for (wchar_t const character : characters)
        append_utf8(text, static_cast<char32_t>(character));
    return text;
}

struct CompiledRule {
    std::wregex pattern;
    std::optional<std::wstring> replacement;
};

/// What filters have made of a message must not go on, nor the message as it was.
void set_data(Message& message, std::string filtered)
{
    try {
        message.set_data(std::move(filtered));
    } catch (std::invalid_argument const& failure) {
        throw BadMessage(std::string("filtered to ").append(failure.what()));
    }
}

/// libstdc++'s own flag: its other way of matching calls itself for each character, so that long
/// texts exhaust the stack, and takes exponential time for some patterns.
constexpr auto safe = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;

} // namespace

std::optional<std::string> filter_values(std::string_view json, ValueFilter const& filter)
{
    return FilterRun(json, filter).run();
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

std::optional<std::string> no_scripts(std::string_view text)
{
    std::string harmless;
    harmless.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '<') {
            if (auto const name = skip_blanks(text, at + 1); has_script_at(text, name)) {
                harmless += "<span";
                at = name + script.size();
                continue;
            }
        } else if (has_script_at(text, at)) {
            auto const end = skip_blanks(text, at + script.size());
            if (end < text.size() && text[end] == '>') {
                harmless += "span>";
                at = end + 1;
                continue;
            }
        }
        harmless += text[at++];
    }
    return harmless;
}

StringFilter regex_filter(std::vector<RegexRule> const& rules, std::size_t max_length)
{
    std::vector<CompiledRule> compiled;
    for (auto const& rule : rules) {
        auto& made = compiled.emplace_back();
        made.pattern.assign(characters(rule.pattern), safe);
        if (rule.replacement)
            made.replacement = characters(*rule.replacement);
    }
    return [compiled = std::move(compiled), max_length](
               std::string_view text) -> std::optional<std::string> {
        if (text.size() > max_length)
            return std::nullopt;
        auto now = characters(text);
        for (auto const& rule : compiled) {
            if (rule.replacement)
                now = std::regex_replace(now, rule.pattern, *rule.replacement);
            else if (std::regex_match(now, rule.pattern))
                return std::nullopt;
        }
        return utf8(now);
    };
}

MessageListener data_filter(std::vector<ValueFilter> filters)
{
    return [filters = std::move(filters)](Incoming& in) {
        auto& message = in.message;
        bool const binary = !message.ext("binary").is_null();
        for (auto const& filter : filters) {
            auto filtered = filter_values(message.data_text(), filter);
            if (!filtered)
                return Decision::deny();
            if (*filtered == message.data_text())
                continue;
            if (binary)
                return Decision::deny();
            set_data(message, std::move(*filtered));
        }
        return Decision::allow();
    };
}

MessageListener data_filter(std::vector<StringFilter> filters)
{
    std::vector<ValueFilter> of_values;
    std::ranges::transform(std::move(filters), std::back_inserter(of_values),
        [](StringFilter& filter) { return ValueFilter{.string = std::move(filter)}; });
    return data_filter(std::move(of_values));
}

} // namespace bayeux
