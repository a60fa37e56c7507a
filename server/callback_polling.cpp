#include "server/callback_polling.hpp"

#include "server/ascii.hpp"
#include "server/form_body.hpp"
#include "server/long_polling.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::server {
namespace {

constexpr std::size_t max_callback_size = 64;

/// Nothing else, or the page that asks could be made to run what somebody wrote into its URL.
bool is_callback(std::string_view name)
{
    return !name.empty() && name.size() <= max_callback_size &&
           std::ranges::all_of(name, [](char c) {
               return is_letter(c) || is_digit(c) ||
                      std::string_view("_$.-").find(c) != std::string_view::npos;
           });
}

/// To scripts before ES2019 these two end a line even inside a string. They stand in JSON as
/// bytes inside strings only.
void append_as_script(std::string& out, std::string_view json)
{
    constexpr std::string_view line_separator = "\u2028";
    constexpr std::string_view paragraph_separator = "\u2029";
    constexpr auto common = line_separator.substr(0, 2);
    while (!json.empty()) {
        auto const at = json.find(common);
        out += json.substr(0, at);
        if (at == std::string_view::npos)
            return;
        auto const found = json.substr(at, line_separator.size());
        if (found == line_separator)
            out += "\\u2028";
        else if (found == paragraph_separator)
            out += "\\u2029";
        else
            out += found;
        json.remove_prefix(at + found.size());
    }
}

} // namespace

std::optional<CallbackQuery> parse_callback_query(std::string_view query)
{
    query.remove_prefix(std::min<std::size_t>(query.size(), 1));
    auto callbacks = form_values(query, "jsonp");
    auto messages = form_values(query, "message");
    if (!callbacks || !messages)
        return std::nullopt;
    if (callbacks->empty() && !messages->empty())
        callbacks->emplace_back("jsonpcallback"); // who gives no name has this one, says Faye
    if (callbacks->size() != 1 || !is_callback(callbacks->front()))
        return std::nullopt;
    return CallbackQuery{std::move(callbacks->front()), std::move(*messages)};
}

void append_callback_reply(std::string& out, Reply const& reply, std::string_view callback,
    ResponseFrame const& frame, HttpSettings const& settings)
{
    if (!reply.ok)
        return append_empty_response(out, static_cast<unsigned>(reply.error_status), frame);
    std::string json;
    append_body(json, reply);
    // The comment, nosniff and the disposition keep a plugin from taking the script for a file
    // of its own that begins with the callback's name.
    std::string script = "/**/";
    script.append(callback) += '(';
    append_as_script(script, json);
    script += ')';
    append_reply_head(out, "text/javascript;charset=utf-8", reply, frame, settings);
    out += "Content-Disposition: attachment; filename=f.txt\r\n";
    append_head_end(out, script.size());
    out += script;
}

} // namespace bayeux::server
