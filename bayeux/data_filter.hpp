#pragma once

#include "bayeux/channel.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

/// Changes one string of a message's `data`; none refuses the whole message.
using StringFilter = std::function<std::optional<std::string>(std::string_view)>;

/// Runs all strings of a JSON text (values, not names) through `filter`; everything else stays as
/// it is, byte for byte. None when the filter refused one.
std::optional<std::string> filter_strings(std::string_view json, StringFilter const& filter);

/// `<` to `&lt;` and `>` to `&gt;`, so that a page which shows text as HTML shows it as text.
std::optional<std::string> no_markup(std::string_view text);

/// Filters the `data` of what passes a channel, in order (wire-behaviour 8.3). What a filter
/// refuses is answered with `404::message_deleted`.
MessageListener data_filter(std::vector<StringFilter> filters);

} // namespace bayeux
