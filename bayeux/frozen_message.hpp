#pragma once

#include <memory>
#include <string>

namespace bayeux {

/// A message on its way to clients, serialised once; its bytes are shared by all receivers.
/// Immutable, so it may cross threads.
struct Frozen {
    std::string channel; ///< as published
    std::string json;    ///< the whole message object
};

using FrozenMessage = std::shared_ptr<Frozen const>;

} // namespace bayeux
