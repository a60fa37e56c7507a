// /meta/disconnect (wire-behaviour 7)
//
// request: channel, clientId
// reply: successful; the session is gone, and a held connect is answered with reconnect none

#include "bayeux/detail/core.hpp"

namespace bayeux::detail {

Progress Core::meta_disconnect(Exchange& x)
{
    x.reply.successful = true;
    remove_session(*x.session, Removal::disconnected, &x.message());
    return Progress::done;
}

} // namespace bayeux::detail
