#pragma once

#include "bayeux/message.hpp"
#include "bayeux/outbox.hpp"
#include "server/form_body.hpp"
#include "server/http_response.hpp"
#include "server/http_settings.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bayeux::server {

// The long-polling transport: what stands between the body of an HTTP request and a batch, and
// between a reply and an HTTP response. Pure functions.

/// How the Content-Type says that a body is to be read. Any type will do (wire-behaviour 1.3).
struct BodyFormat {
    MediaType type = MediaType::other;
    std::string charset; ///< empty: UTF-8
};

BodyFormat body_format(std::string_view content_type);

/// JSON or form data to messages (other-clients rule 1).
std::variant<Batch, ParseError> parse_body(
    std::string body, BodyFormat const& format, ParseLimits limits);

/// The messages of all `texts`, in order.
std::variant<Batch, ParseError> parse_texts(
    std::vector<std::string> texts, std::string const& charset, ParseLimits limits);

/// The HTTP status for a body that is no batch (wire-behaviour 1.6).
unsigned status_of(ParseError::Kind kind);

/// Appends the response to such a body: the status, and the reason for human eyes.
void append_refusal(std::string& out, ParseError const& error, ResponseFrame const& frame);

/// Appends the head of the response to a batch, but for its end (wire-behaviour 3.4).
void append_reply_head(std::string& out, std::string_view content_type, Reply const& reply,
    ResponseFrame const& frame, HttpSettings const& settings);

/// Appends the response that brings `reply` (wire-behaviour 1.5).
void append_reply(
    std::string& out, Reply const& reply, ResponseFrame const& frame, HttpSettings const& settings);

} // namespace bayeux::server
