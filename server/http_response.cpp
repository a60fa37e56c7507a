#include "server/http_response.hpp"

#include "server/cors.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <charconv>
#include <cstdint>

namespace bayeux::server {
namespace {

void append_number(std::string& out, std::uint64_t number)
{
    std::array<char, 20> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_padded(std::string& out, int number)
{
    if (number < 10)
        out += '0';
    append_number(out, static_cast<std::uint64_t>(number));
}

} // namespace

void append_head(std::string& out, unsigned status, ResponseFrame const& frame)
{
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
    } else {
        namespace http = boost::beast::http;
        auto const reason = http::obsolete_reason(http::int_to_status(status));
        out += "HTTP/1.1 ";
        append_number(out, status);
        out += ' ';
        out.append(reason.data(), reason.size());
        out += "\r\n";
    }
    if (!frame.date.empty())
        append_header(out, "Date", frame.date);
    if (frame.persistence == Persistence::close)
        out += "Connection: close\r\n";
    else if (frame.persistence == Persistence::keep_alive_http_1_0)
        out += "Connection: keep-alive\r\n";
    if (!frame.allowed_origin.empty())
        append_cors(out, frame.allowed_origin);
    if (frame.depends_on_origin)
        out += "Vary: Origin\r\n";
}

void append_header(std::string& out, std::string_view name, std::string_view value)
{
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

void append_head_end(std::string& out, std::size_t content_length)
{
    out += "Content-Length: ";
    append_number(out, content_length);
    out += "\r\n\r\n";
}

void append_empty_response(std::string& out, unsigned status, ResponseFrame const& frame)
{
    append_head(out, status, frame);
    append_head_end(out, 0);
}

void append_text_response(std::string& out, unsigned status, ResponseFrame const& frame,
    std::string_view text, Content content)
{
    append_head(out, status, frame);
    out += "Content-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n";
    append_head_end(out, text.size());
    if (content == Content::whole)
        out += text;
}

std::string http_date(std::time_t time)
{
    // Not strftime: its names of days and months follow the locale.
    constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<std::string_view, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&time, &utc);
    std::string text;
    text += days[static_cast<std::size_t>(utc.tm_wday)];
    text += ", ";
    append_padded(text, utc.tm_mday);
    text += ' ';
    text += months[static_cast<std::size_t>(utc.tm_mon)];
    text += ' ';
    append_number(text, static_cast<std::uint64_t>(utc.tm_year + 1900));
    text += ' ';
    append_padded(text, utc.tm_hour);
    text += ':';
    append_padded(text, utc.tm_min);
    text += ':';
    append_padded(text, utc.tm_sec);
    text += " GMT";
    return text;
}

} // namespace bayeux::server
