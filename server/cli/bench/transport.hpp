#pragma once

#include "server/cli/bench/network.hpp"

#include <memory>
#include <string_view>

namespace bayeux::cli {

/// Requests that do not wait for each other: the poll that the server holds, and all others.
enum class Lane : std::uint8_t { poll, command };

/// Takes arrays of Bayeux messages of one client to the server and back.
class Transport {
public:
    class Owner {
    public:
        virtual ~Owner() = default;

        /// @param lane where the answer came, the poll's for what the server sent on its own
        virtual void received(std::string_view messages, Lane lane) = 0;
    };

    virtual ~Transport() = default;

    /// @param messages an array; nothing is awaited on the lane
    virtual void send(std::string_view messages, Lane lane) = 0;
    /// Whether what is sent next has to wait for an answer.
    virtual bool busy(Lane lane) const = 0;
    /// Of the /meta/connect messages.
    virtual std::string_view connection_type() const = 0;
    /// Forgets cookies too.
    virtual void close() = 0;
};

enum class TransportType : std::uint8_t { long_polling, websocket };

std::unique_ptr<Transport> make_transport(
    TransportType type, Network& network, Transport::Owner& owner);

} // namespace bayeux::cli
