#pragma once

#include "bayeux/message.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/request.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace bayeux::server {

/// A request for the engine.
struct Arrival {
    Origin origin;
    Request request;
    Batch batch;
};

/// A connection that is to bring the messages of a session.
struct Opening {
    Origin origin;
    Request request;
    std::string client_id;
};

/// A request that a service answers.
struct Inquiry {
    Origin origin;
    Request request;
    std::string body;
};

/// The connection of a request that has not been answered is gone.
struct Loss {
    Origin origin;
};

/// An answer that found its connection gone: the messages in it are still to be delivered.
struct Returned {
    Reply reply;
};

/// A connection that pushes does not keep up, or does so again.
struct LinkState {
    Origin origin;
    bool full;
};

/// What an I/O loop hands to the engine, in order, once per turn of the loop.
using EngineItem = std::variant<Arrival, Opening, Inquiry, Loss, Returned, LinkState>;
using EngineItems = std::vector<EngineItem>;

/// What the engine has for one I/O loop.
struct LoopItems {
    bool close_after_answers = false; ///< these and later answers are the last on their connections
    std::vector<Reply> replies;
    std::vector<WebAnswer> web_answers;

    bool empty() const { return !close_after_answers && replies.empty() && web_answers.empty(); }
};

/// An origin names the I/O loop in its upper bits and the connection in the lower ones.
constexpr unsigned connection_bits = 56;

constexpr Origin make_origin(std::size_t loop, std::uint64_t connection)
{
    return {(static_cast<std::uint64_t>(loop) << connection_bits) | connection};
}
constexpr std::size_t loop_of(Origin origin)
{
    return origin.value >> connection_bits;
}
constexpr std::uint64_t connection_of(Origin origin)
{
    return origin.value & ((std::uint64_t{1} << connection_bits) - 1);
}

} // namespace bayeux::server
