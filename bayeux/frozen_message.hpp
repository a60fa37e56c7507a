#pragma once

#include "bayeux/message.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux {

namespace detail {

/// In how many places of the engine's queues a message stands. The engine's alone; a copy of the
/// message stands nowhere.
struct QueuePlaces {
    QueuePlaces() = default;
    QueuePlaces(QueuePlaces const& /*unused*/) noexcept {}
    QueuePlaces& operator=(QueuePlaces const&) = delete;

    mutable std::uint32_t count = 0;
};

} // namespace detail

/// A message on its way to clients, serialised once; its bytes are shared by all receivers.
/// Immutable, so it may cross threads. It belongs to one engine.
struct Frozen {
    std::string channel; ///< as published
    std::string json;    ///< the whole message object
    detail::QueuePlaces places = {};
};

using FrozenMessage = std::shared_ptr<Frozen const>;

/// A published message as its subscribers get it: what the client sent, byte for byte, without
/// `id`, `clientId` (wire-behaviour 2, step 9) and `advice` (which would steer other clients).
/// With `id` it is one session's answer to its message of that id.
FrozenMessage freeze(Message const& message, std::optional<std::string_view> id = std::nullopt);

/// A message the server makes. Throws std::invalid_argument for what is not UTF-8, or no JSON, or
/// nested more than 1,000 deep.
FrozenMessage freeze(std::string_view channel, std::string_view data_json,
    std::optional<std::string_view> id = std::nullopt);

/// The message in its parts again.
Message thaw(Frozen const& message);

/// The same message with `member` added or replaced. Throws as freeze().
FrozenMessage with_member(
    Frozen const& message, std::string_view member, std::string_view value_json);

} // namespace bayeux
