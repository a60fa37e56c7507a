#pragma once

#include "bayeux/channel.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Filters change or refuse the `data` of messages (wire-behaviour 8.3). What they leave alone
/// stays as it was sent, byte for byte.
namespace bayeux {

/// Changes one text; none refuses the whole message.
using StringFilter = std::function<std::optional<std::string>(std::string_view)>;

/// What is to happen to the values of a JSON text, at any depth; kinds without a function are left
/// alone. Strings are given and returned as they read, the others as JSON text: so a number is what
/// the client wrote. What is returned must be valid JSON; of strings, what is not UTF-8 becomes
/// U+FFFD. Arrays and objects come before what is in
/// them; one that is changed is not looked into any more. Names of members are no values.
struct ValueFilter {
    StringFilter string = nullptr;
    StringFilter number = nullptr;
    StringFilter boolean = nullptr;
    StringFilter array = nullptr;
    StringFilter object = nullptr;
};

/// `json` (valid JSON, or empty) with its values changed; none when the filter refused one.
std::optional<std::string> filter_values(std::string_view json, ValueFilter const& filter);

// Strings

/// `<` to `&lt;` and `>` to `&gt;`, so that a page which shows text as HTML shows it as text.
std::optional<std::string> no_markup(std::string_view text);

/// `<script` to `<span` and `script>` to `span>`, in any case and with blanks, so that scripts
/// become text, and other markup stays. It does not protect a page that shows text as HTML: scripts
/// also stand in attributes. As CometD's filter of this name.
std::optional<std::string> no_scripts(std::string_view text);

/// A regular expression as in ECMAScript, without references to its own groups.
struct RegexRule {
    std::string pattern;
    /// For each place where the pattern is found; `$1` is its first group. None: a text that is the
    /// pattern from beginning to end is refused.
    std::optional<std::string> replacement;
};

/// Applies all rules, in order. A character is one, however many bytes it has. The time grows with
/// the square of a text's length for some patterns, never more; texts of more than `max_length`
/// bytes are refused. Throws std::regex_error for a bad pattern.
StringFilter regex_filter(std::vector<RegexRule> const& rules, std::size_t max_length);

// On channels

/// Filters what passes a channel, in order. What a filter refuses is answered with
/// `404::message_deleted`; so is a binary message (bayeux/binary.hpp) that a filter would change,
/// for its bytes would be others. Of what they make no JSON of BadMessage tells.
MessageListener data_filter(std::vector<ValueFilter> filters);
/// The same for strings alone.
MessageListener data_filter(std::vector<StringFilter> filters);

} // namespace bayeux
