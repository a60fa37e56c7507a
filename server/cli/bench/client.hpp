#pragma once

#include "server/cli/bench/marker.hpp"
#include "server/cli/bench/transport.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::cli {

/// `/bench/room`
std::string room_channel(std::uint32_t room);

/// A Bayeux client of few hundred bytes: it shakes hands, connects once, subscribes, and from then
/// on keeps a /meta/connect at the server if it is to be reachable. What the server refuses is
/// thrown as a Failure.
class Client final : public Transport::Owner {
public:
    class Owner {
    public:
        virtual ~Owner() = default;

        virtual void ready(Client& client) = 0;
        /// A message of ours, of a room or of an echo.
        virtual void delivered(Client& client, Marker const& marker) = 0;
        /// What it sent has been answered, if that has to be waited for.
        virtual void answered(Client& client) = 0;
    };

    enum class Poll : std::uint8_t { held, none };

    Client(Network& network, TransportType transport, Owner& owner, std::uint32_t index, Poll poll,
        std::vector<std::uint32_t> rooms);

    /// Begins; ready() is told of the end.
    void start();
    /// Drops the connections and forgets the session, so that it may start anew.
    void close();

    std::uint32_t index() const { return index_; }
    std::vector<std::uint32_t> const& rooms() const { return rooms_; }

    /// Whether what it sends next has to wait until answered().
    bool busy() const { return transport_->busy(command_lane()); }

    /// A batch of messages: begin, add, send.
    std::string& begin_batch();
    void add_message(std::string& batch, std::string_view channel, Marker const& marker,
        std::string_view padding);
    void send_batch(std::string& batch);

private:
    enum class Stage : std::uint8_t { handshake, connect, subscribe, ready };

    void received(std::string_view messages, Lane lane) override;
    void proceed(std::string_view messages);
    void check(std::string_view messages);
    void send_first_connect();
    void subscribe();
    void become_ready();
    void poll();
    void poll_later();
    void begin_message(std::string& batch, std::string_view channel);
    Lane command_lane() const { return poll_ == Poll::held ? Lane::command : Lane::poll; }

    Network& network_;
    Owner& owner_;
    std::unique_ptr<Transport> transport_;
    std::vector<std::uint32_t> rooms_;
    std::string id_;
    std::uint32_t index_;
    std::uint32_t messages_sent_ = 0;
    std::uint32_t interval_ = 0; // milliseconds between polls, from the server's advice
    Poll poll_;
    Stage stage_ = Stage::handshake;
    TransportType type_;
};

} // namespace bayeux::cli
