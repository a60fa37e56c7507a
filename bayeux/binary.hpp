#pragma once

#include "bayeux/message.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Bytes in messages, as CometD's clients send them (wire-behaviour 13.5). Between clients such a
/// message is passed on like any other; these are for services that want the bytes.
namespace bayeux {

/// On the wire it is `data` of a message whose `ext` has `binary`: {data: "<Z85>", last, meta}.
struct BinaryData {
    std::string bytes;
    bool last = true;        ///< of the pieces of something larger
    boost::json::value meta; ///< what the sender says about it; null: nothing
};

/// None when the message is not binary, or its text is no Z85.
std::optional<BinaryData> binary_data(Message const& message);

/// To be published, or to be delivered to one session when it is frozen.
Message binary_message(std::string_view channel, BinaryData const& binary);

/// ZeroMQ's Z85. Where that takes only lengths divisible by 4, the end is shortened as in Ascii85:
/// n bytes are n + 1 characters.
std::string z85_encode(std::string_view bytes);
/// None when the text is none that z85_encode() could have made.
std::optional<std::string> z85_decode(std::string_view text);

} // namespace bayeux
