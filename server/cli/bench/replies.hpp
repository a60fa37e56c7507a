#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::cli {

/// What has to be known of the replies among the messages that a server sent.
struct Replies {
    unsigned count = 0;
    std::string client_id;                 ///< of a handshake
    std::optional<std::uint32_t> interval; ///< milliseconds, by advice
};

/// Reads an array of messages by parsing it.
/// @throws Failure for what is none, for a refusal, and for advice to begin anew or to go away
Replies read_replies(std::string_view messages);

/// Whether all replies in it say nothing but `"successful":true`, found without parsing; then
/// `count` is how many. The answer no means that it has to be read.
bool are_plain_replies(std::string_view messages, unsigned& count);

bool contains(std::string_view text, std::string_view part);

} // namespace bayeux::cli
