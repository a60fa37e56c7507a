#include "server/long_polling.hpp"

#include "server/charset.hpp"
#include "server/printable.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace bayeux::server {
namespace {

void drop_byte_order_mark(std::string& text)
{
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark))
        text.erase(0, mark.size());
}

std::variant<Batch, ParseError> parse_text(
    std::string text, std::string const& charset, ParseLimits limits)
{
    if (!charset.empty()) {
        auto converted = to_utf8(text, charset);
        if (!converted)
            return ParseError{ParseError::Kind::malformed, "not in charset " + charset};
        text = std::move(*converted);
    }
    drop_byte_order_mark(text);
    return parse_batch(std::move(text), limits);
}

/// The length of what append_body() appends.
std::size_t body_size(Reply const& reply)
{
    std::size_t size = reply.first.size() + reply.replies.size();
    std::size_t parts = (reply.first.empty() ? 0 : 1) + (reply.replies.empty() ? 0 : 1);
    for (auto const& message : reply.messages)
        size += message->json.size();
    parts += reply.messages.size();
    constexpr std::size_t brackets = 2;
    return brackets + size + (parts > 1 ? parts - 1 : 0);
}

} // namespace

BodyFormat body_format(std::string_view content_type)
{
    BodyFormat format;
    if (has_media_type(content_type, "application/x-www-form-urlencoded"))
        format.type = MediaType::form;
    auto const charset = charset_of(content_type);
    if (!is_utf8(charset))
        format.charset = charset;
    return format;
}

std::variant<Batch, ParseError> parse_body(
    std::string body, BodyFormat const& format, ParseLimits limits)
{
    drop_byte_order_mark(body);
    if (!is_form(body, format.type))
        return parse_text(std::move(body), format.charset, limits);
    auto messages = form_values(body, "message");
    if (!messages || messages->empty())
        return ParseError{ParseError::Kind::malformed, "form data without a readable message"};
    return parse_texts(std::move(*messages), format.charset, limits);
}

std::variant<Batch, ParseError> parse_texts(
    std::vector<std::string> texts, std::string const& charset, ParseLimits limits)
{
    if (texts.empty())
        return ParseError{ParseError::Kind::unusable, "no messages"};
    Batch batch;
    for (auto& text : texts) {
        auto parsed = parse_text(std::move(text), charset, limits);
        if (auto* const error = std::get_if<ParseError>(&parsed))
            return std::move(*error);
        auto& part = std::get<Batch>(parsed);
        limits.messages -= part.size();
        std::ranges::move(part, std::back_inserter(batch));
    }
    return batch;
}

unsigned status_of(ParseError::Kind kind)
{
    switch (kind) {
    case ParseError::Kind::malformed:
        return 400;
    case ParseError::Kind::too_many:
        return 413;
    case ParseError::Kind::unusable:
        break;
    }
    return 500;
}

void append_refusal(std::string& out, ParseError const& error, ResponseFrame const& frame)
{
    auto const text = "No Bayeux messages: " + printable(error.reason) + '\n';
    append_text_response(out, status_of(error.kind), frame, text, Content::whole);
}

void append_reply_head(std::string& out, std::string_view content_type, Reply const& reply,
    ResponseFrame const& frame, HttpSettings const& settings)
{
    append_head(out, 200, frame);
    append_header(out, "Content-Type", content_type);
    out += "Cache-Control: no-store\r\n"
           "X-Content-Type-Options: nosniff\r\n";
    if (!reply.set_browser_id.empty()) {
        out += "Set-Cookie: ";
        out += settings.browser_cookie_name;
        out += '=';
        out += reply.set_browser_id;
        out += settings.browser_cookie_attributes;
        out += "\r\n";
    }
}

void append_reply(
    std::string& out, Reply const& reply, ResponseFrame const& frame, HttpSettings const& settings)
{
    if (!reply.ok)
        return append_empty_response(out, static_cast<unsigned>(reply.error_status), frame);
    append_reply_head(out, "application/json", reply, frame, settings);
    append_head_end(out, body_size(reply));
    append_body(out, reply);
}

} // namespace bayeux::server
