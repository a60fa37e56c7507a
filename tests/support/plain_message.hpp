#pragma once

#include "bayeux/message.hpp"
#include "bayeux/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::testing {

/// A message as a client means it; to_json() is what it sends.
struct PlainMessage {
    std::optional<std::string> channel;
    std::optional<std::string> id;
    std::string client_id;    ///< empty: absent
    std::string data;         ///< JSON text; empty: absent
    std::string subscription; ///< JSON text; empty: absent
    /// What `subscription` asks for; none when it is neither string nor array.
    std::optional<std::vector<std::string>> names;
    std::optional<ClientAdvice> advice;
};

std::string to_json(PlainMessage const& message);

/// The reply to a message.
struct PlainReply {
    std::string channel; ///< empty: absent
    std::optional<std::string> id{};
    std::string subscription{}; ///< JSON text; empty: absent
    bool successful = false;
    std::string error{};
    std::string more{};   ///< further members, each with a comma before it
    std::string advice{}; ///< JSON text; empty: absent

    std::string text() const;
    void fail(std::string why);
};

std::string advice_json(std::string_view reconnect, std::optional<Duration> interval = {},
    std::optional<Duration> timeout = {}, bool multiple_clients = false);

/// As a JSON string; `text` must not need escaping.
std::string quoted(std::string_view text);

bool is_meta(std::string_view channel);
bool is_service(std::string_view channel);
/// True when a subscription to `pattern` gets what is published to `channel`; both identities.
bool matches(std::string_view pattern, std::string_view channel);
/// What stands between the slashes of an identity.
std::vector<std::string> segments(std::string_view name);
/// A channel name without blanks behind it and without one trailing slash.
std::string identity(std::string_view name);

} // namespace bayeux::testing
