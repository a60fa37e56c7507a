#pragma once

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bayeux {

/// The text given to an option is none of its values; what() says which ones are: "must be ...".
class InvalidValue : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The numbers that an option takes. The largest of all, in ms, bytes or pieces, is chosen so that
/// sums of a few cannot overflow; timers of browsers end there.
struct OptionRange {
    std::int64_t min = 0;
    std::int64_t max = std::numeric_limits<std::int32_t>::max();
};

// Each takes the text of one value and throws InvalidValue.

/// `unit` is for the message: "milliseconds", "bytes"; empty: just a number.
std::int64_t parse_number(std::string_view text, OptionRange range, std::string_view unit);
bool parse_boolean(std::string_view text);
/// A text that would survive in a configuration file: without `#`, control characters and blanks at
/// its ends.
std::string parse_text(std::string_view text);

} // namespace bayeux
