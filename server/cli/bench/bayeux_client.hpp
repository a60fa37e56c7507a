#pragma once

#include "server/cli/bench/client.hpp"
#include "server/cli/bench/transport.hpp"

#include <string>

namespace bayeux::cli {

/// `/bench/room`
std::string room_channel(std::uint32_t room);

/// A Bayeux client of few hundred bytes: it shakes hands, connects once, subscribes, and from then
/// on keeps a /meta/connect at the server if it is to be reachable.
class BayeuxClient final : public Client, public Transport::Owner {
public:
    BayeuxClient(Network& network, TransportType transport, Client::Owner& owner,
        std::uint32_t index, Poll poll, std::vector<std::uint32_t> rooms);

    void start() override;
    /// Drops the connections and forgets the session, so that it may start anew.
    void close();

    bool busy() const override { return transport_->busy(command_lane()); }
    void publish(std::span<Outgoing const> messages, std::string_view padding) override;
    std::size_t most_at_once() const override { return 100; }

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
    std::string& begin_batch();
    void begin_message(std::string& batch, std::string_view channel);
    Lane command_lane() const { return poll_ == Poll::held ? Lane::command : Lane::poll; }

    Network& network_;
    std::unique_ptr<Transport> transport_;
    std::string id_;
    std::uint32_t messages_sent_ = 0;
    std::uint32_t interval_ = 0; // milliseconds between polls, from the server's advice
    Poll poll_;
    Stage stage_ = Stage::handshake;
    TransportType type_;
};

} // namespace bayeux::cli
