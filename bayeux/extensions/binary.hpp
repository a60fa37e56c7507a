#pragma once

#include "bayeux/extension.hpp"

namespace bayeux::extensions {

/// Tells clients which ask for it at their handshake that messages may be binary (wire-behaviour
/// 13.5). Such messages pass as they are, and every receiver gets the same: one that knows nothing
/// of binary data reads the Z85 text. For services there is bayeux/binary.hpp.
class Binary : public Extension {
public:
    Decision incoming(
        Session* from, Message& message, MessageReply& reply, Pending pending) override;
};

} // namespace bayeux::extensions
