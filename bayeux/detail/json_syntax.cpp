#include "bayeux/detail/json_syntax.hpp"

#include "bayeux/utf8.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <stdexcept>

namespace bayeux::detail {
namespace {

namespace json = boost::json;

/// Accepts every event: the parser is used for its verdict alone. The values are never built, since
/// Boost.JSON 1.81 cannot give numbers back as they were written (1e400, 1.0, 64-bit integers).
struct Validator {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    using Code = json::error_code;
    using Text = json::string_view;
    static bool on_document_begin(Code&) { return true; }
    static bool on_document_end(Code&) { return true; }
    static bool on_object_begin(Code&) { return true; }
    static bool on_object_end(std::size_t, Code&) { return true; }
    static bool on_array_begin(Code&) { return true; }
    static bool on_array_end(std::size_t, Code&) { return true; }
    static bool on_key_part(Text, std::size_t, Code&) { return true; }
    static bool on_key(Text, std::size_t, Code&) { return true; }
    static bool on_string_part(Text, std::size_t, Code&) { return true; }
    static bool on_string(Text, std::size_t, Code&) { return true; }
    static bool on_number_part(Text, Code&) { return true; }
    static bool on_int64(std::int64_t, Text, Code&) { return true; }
    static bool on_uint64(std::uint64_t, Text, Code&) { return true; }
    static bool on_double(double, Text, Code&) { return true; }
    static bool on_bool(bool, Code&) { return true; }
    static bool on_null(Code&) { return true; }
    static bool on_comment_part(Text, Code&) { return true; }
    static bool on_comment(Text, Code&) { return true; }
};

} // namespace

boost::json::error_code check_syntax(
    std::string_view text, std::size_t max_depth, TrailingCommas commas)
{
    json::parse_options options;
    options.max_depth = max_depth;
    options.allow_trailing_commas = commas == TrailingCommas::allow;
    json::basic_parser<Validator> parser(options);
    json::error_code failed;
    auto const used = parser.write_some(false, text.data(), text.size(), failed);
    if (!failed && text.find_first_not_of(" \t\r\n", used) != std::string_view::npos)
        failed = json::error::extra_data;
    return failed;
}

void require_json(std::string_view text)
{
    if (auto const failed = check_syntax(text, max_depth_sent, TrailingCommas::refuse))
        throw std::invalid_argument("no valid JSON: " + failed.message());
}

void require_utf8(std::string_view text)
{
    if (!is_valid_utf8(text))
        throw std::invalid_argument("a text that is not UTF-8");
}

void require_member(std::string_view name, std::string_view json)
{
    require_utf8(name);
    require_json(json);
}

} // namespace bayeux::detail
