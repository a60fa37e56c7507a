#include "server/charset.hpp"

#include "server/ascii.hpp"

#include <cerrno>
#include <iconv.h>
#include <memory>
#include <type_traits>

namespace bayeux::server {
namespace {

struct CloseConverter {
    void operator()(iconv_t converter) const { iconv_close(converter); }
};
using Converter = std::unique_ptr<std::remove_pointer_t<iconv_t>, CloseConverter>;

/// A name as it is registered. The rest of iconv's own syntax (`//TRANSLIT`) is not for clients.
bool is_charset_name(std::string_view name)
{
    constexpr std::size_t longest = 40; // RFC 2978 2.3
    return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
        return is_digit(c) || is_letter(c) ||
               std::string_view("-_.:+()").find(c) != std::string_view::npos;
    });
}

} // namespace

bool has_media_type(std::string_view content_type, std::string_view type)
{
    return equal_ignoring_case(trim(content_type.substr(0, content_type.find(';'))), type);
}

std::string_view charset_of(std::string_view content_type)
{
    constexpr std::string_view name = "charset=";
    for (auto at = content_type.find(';'); at != std::string_view::npos;
         at = content_type.find(';')) {
        content_type.remove_prefix(at + 1);
        auto value = trim(content_type.substr(0, content_type.find(';')));
        if (!equal_ignoring_case(value.substr(0, name.size()), name))
            continue;
        value = trim(value.substr(name.size()));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

bool is_utf8(std::string_view charset)
{
    return charset.empty() || equal_ignoring_case(charset, "utf-8") ||
           equal_ignoring_case(charset, "utf8") || equal_ignoring_case(charset, "us-ascii");
}

std::optional<std::string> to_utf8(std::string_view text, std::string const& charset)
{
    if (!is_charset_name(charset))
        return std::nullopt;
    auto* const opened = iconv_open("UTF-8", charset.c_str());
    // iconv_open's error value is (iconv_t)-1; there is no other way to write it.
    if (opened == reinterpret_cast<iconv_t>(-1)) // NOLINT(performance-no-int-to-ptr)
        return std::nullopt;
    Converter const converter(opened);

    std::string result;
    auto const convert = [&](char** in, std::size_t* in_left) {
        for (;;) {
            auto const done = result.size();
            result.resize(done + text.size() + 64);
            auto* out = result.data() + done;
            auto out_left = result.size() - done;
            auto const status = iconv(converter.get(), in, in_left, &out, &out_left);
            result.resize(result.size() - out_left);
            if (status != static_cast<std::size_t>(-1))
                return true;
            if (errno != E2BIG)
                return false;
        }
    };
    std::string input(text); // iconv wants it mutable
    auto* in = input.data();
    auto in_left = input.size();
    auto const complete = convert(&in, &in_left) && convert(nullptr, nullptr);
    return complete ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace bayeux::server
