#pragma once

#include "server/cli/bench/marker.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::cli {

struct Bench;

/// A message of ours that is to be published.
struct Outgoing {
    std::string_view channel;
    Marker marker;
};

/// Somebody at the server who subscribes to rooms, or publishes. What the server refuses is thrown
/// as a Failure.
class Client {
public:
    class Owner {
    public:
        virtual ~Owner() = default;

        virtual void ready(Client& client) = 0;
        /// A message of ours, of a room or of an echo.
        virtual void delivered(Client& client, Marker const& marker) = 0;
        /// What it published has been answered, if that has to be waited for.
        virtual void answered(Client& client) = 0;
    };

    /// Whether the server can send to it what it did not ask for.
    enum class Poll : std::uint8_t { held, none };

    Client(Owner& owner, std::uint32_t index, std::vector<std::uint32_t> rooms)
        : owner_(owner), rooms_(std::move(rooms)), index_(index)
    {}
    virtual ~Client() = default;
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    std::uint32_t index() const { return index_; }
    std::vector<std::uint32_t> const& rooms() const { return rooms_; }

    /// Begins; ready() is told of the end.
    virtual void start() = 0;

    /// Whether what it publishes next has to wait until answered().
    virtual bool busy() const = 0;
    /// In one request.
    /// @param padding goes into each message
    virtual void publish(std::span<Outgoing const> messages, std::string_view padding) = 0;
    /// How many that may be.
    virtual std::size_t most_at_once() const = 0;

protected:
    Owner& owner() const { return owner_; }

private:
    Owner& owner_;
    std::vector<std::uint32_t> rooms_;
    std::uint32_t index_;
};

/// One of the protocol that the options say.
std::unique_ptr<Client> make_client(Bench& bench, Client::Owner& owner, std::uint32_t index,
    Client::Poll poll, std::vector<std::uint32_t> rooms);

} // namespace bayeux::cli
