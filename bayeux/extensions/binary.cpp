#include "bayeux/extensions/binary.hpp"

#include "bayeux/channel_name.hpp"

namespace bayeux::extensions {

Decision Binary::incoming(Session*, Message& message, MessageReply& reply, Pending)
{
    if (channel_identity(message.channel()) == "/meta/handshake" &&
        !message.ext("binary").is_null())
        reply.set_ext("binary", "{}");
    return Decision::allow();
}

} // namespace bayeux::extensions
