#pragma once

#include <algorithm>
#include <string_view>

namespace bayeux::detail {

// Text of HTTP is ASCII, whatever the locale says; so none of <cctype> here.

constexpr char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(
        a, b, {}, [](char c) { return to_lower(c); }, [](char c) { return to_lower(c); });
}

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c)
{
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

/// tchar of RFC 9110 5.6.2: what methods and header names are made of.
constexpr bool is_token(char c)
{
    return is_digit(c) || is_letter(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    auto const lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// `text` without spaces, tabs and line breaks at its ends.
constexpr std::string_view trim(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    auto const begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

} // namespace bayeux::detail
