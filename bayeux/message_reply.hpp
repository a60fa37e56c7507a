#pragma once

#include "bayeux/message.hpp"
#include "bayeux/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux {

/// What the server tells a client to do next (wire-behaviour 11). Clients replace their advice as a
/// whole, so it is sent complete or not at all.
struct Advice {
    enum class Reconnect { retry, handshake, none };
    Reconnect reconnect = Reconnect::retry;
    std::optional<Duration> interval = {};
    std::optional<Duration> timeout = {};
    std::optional<Duration> max_interval = {}; ///< see EngineOptions::handshake_reconnect
    bool multiple_clients = false;
};

/// Members of a JSON object: name and JSON text.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

/// The answer to one message. Extensions and policies may add to it before it is written.
struct MessageReply {
    std::string channel;
    std::optional<std::string> id;
    std::string subscription; ///< JSON text as the client sent it; empty without one
    bool successful = false;
    /// See error.hpp; empty when successful. What is not UTF-8 in it is written as U+FFFD.
    std::string error;
    std::optional<Advice> advice;
    /// Further members: name and JSON text.
    JsonMembers members;
    /// Members of `ext`; none: the reply has no `ext`.
    std::optional<JsonMembers> ext;
    /// An extension or listener that refuses a message sets this when it has written the error
    /// itself; otherwise the client reads `404::message_deleted`.
    bool handled = false;

    void fail(std::string_view text)
    {
        successful = false;
        error = text;
    }
    /// Throws as Message::set_member().
    void set_member(std::string_view name, std::string json);
    /// Answers in `ext` what a client has offered there. Throws as Message::set_member().
    void set_ext(std::string_view name, std::string json);
};

/// What every reply begins with (wire-behaviour 2, step 1).
MessageReply reply_to(Message const& message);

/// Appends the reply as a JSON object.
void append_json(std::string& out, MessageReply const& reply);

} // namespace bayeux
