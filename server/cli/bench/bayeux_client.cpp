#include "server/cli/bench/bayeux_client.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/replies.hpp"

#include <utility>

namespace bayeux::cli {

std::string room_channel(std::uint32_t room)
{
    return "/bench/" + std::to_string(room);
}

BayeuxClient::BayeuxClient(Network& network, TransportType transport, Client::Owner& owner,
    std::uint32_t index, Poll poll, std::vector<std::uint32_t> rooms)
    : Client(owner, index, std::move(rooms)),
      network_(network),
      transport_(make_transport(transport, network, *this)),
      poll_(poll),
      type_(transport)
{}

void BayeuxClient::start()
{
    auto& batch = network_.messages();
    batch.append(R"([{"channel":"/meta/handshake","id":"1","version":"1.0","minimumVersion":"1.0",)"
                 R"("supportedConnectionTypes":[")");
    batch.append(transport_->connection_type()).append("\"]}]");
    messages_sent_ = 1;
    transport_->send(batch, Lane::poll);
}

void BayeuxClient::close()
{
    transport_->close();
    id_.clear();
    stage_ = Stage::handshake;
}

void BayeuxClient::received(std::string_view messages, Lane lane)
{
    if (stage_ != Stage::ready) {
        proceed(messages);
        return;
    }
    for_each_marker(messages, [this](Marker const& marker) { owner().delivered(*this, marker); });
    if (type_ == TransportType::websocket) {
        // What came on its own has no reply in it.
        if (contains(messages, "\"successful\"")) {
            check(messages);
            if (contains(messages, "\"/meta/connect\"")) {
                poll_later();
            }
        }
        return;
    }
    check(messages);
    if (lane == command_lane()) {
        owner().answered(*this);
    } else {
        poll_later();
    }
}

/// Takes the next step of those before it is ready.
void BayeuxClient::proceed(std::string_view messages)
{
    auto const replies = read_replies(messages);
    if (replies.count == 0) { // a message that came before
        return;
    }
    interval_ = replies.interval.value_or(interval_);
    switch (stage_) {
    case Stage::handshake:
        if (replies.client_id.empty()) {
            throw Failure("the server gives no clientId");
        }
        id_ = replies.client_id;
        id_.shrink_to_fit();
        stage_ = Stage::connect;
        send_first_connect();
        break;
    case Stage::connect:
        if (!rooms().empty()) {
            stage_ = Stage::subscribe;
            subscribe();
            break;
        }
        [[fallthrough]];
    case Stage::subscribe:
        become_ready();
        break;
    case Stage::ready:
        break;
    }
}

void BayeuxClient::check(std::string_view messages)
{
    unsigned count = 0;
    if (are_plain_replies(messages, count)) {
        return;
    }
    auto const replies = read_replies(messages);
    if (replies.count == 0) {
        throw Failure("the server answers without a reply");
    }
    interval_ = replies.interval.value_or(interval_);
}

/// Some servers hold the first one too, unless they are told not to.
void BayeuxClient::send_first_connect()
{
    auto& batch = begin_batch();
    begin_message(batch, "/meta/connect");
    batch.append(R"("connectionType":")").append(transport_->connection_type());
    batch.append(R"(","advice":{"timeout":0}},)");
    batch.back() = ']';
    transport_->send(batch, Lane::poll);
}

void BayeuxClient::subscribe()
{
    auto& batch = begin_batch();
    for (auto const room : rooms()) {
        begin_message(batch, "/meta/subscribe");
        batch.append(R"("subscription":")").append(room_channel(room)).append("\"},");
    }
    batch.back() = ']';
    transport_->send(batch, Lane::poll);
}

void BayeuxClient::become_ready()
{
    stage_ = Stage::ready;
    if (poll_ == Poll::held) {
        poll_later();
    }
    owner().ready(*this);
}

void BayeuxClient::poll_later()
{
    if (interval_ == 0) {
        poll();
    } else {
        network_.loop().at(network_.loop().time() + interval_ * millisecond, [this] { poll(); });
    }
}

void BayeuxClient::poll()
{
    auto& batch = begin_batch();
    begin_message(batch, "/meta/connect");
    batch.append(R"("connectionType":")").append(transport_->connection_type()).append("\"}]");
    transport_->send(batch, Lane::poll);
}

std::string& BayeuxClient::begin_batch()
{
    return network_.messages() = '[';
}

void BayeuxClient::begin_message(std::string& batch, std::string_view channel)
{
    batch.append(R"({"channel":")").append(channel).append(R"(","id":")");
    batch.append(std::to_string(++messages_sent_)).append(R"(","clientId":")");
    batch.append(id_).append(R"(",)");
}

void BayeuxClient::publish(std::span<Outgoing const> messages, std::string_view padding)
{
    auto& batch = begin_batch();
    for (auto const& message : messages) {
        begin_message(batch, message.channel);
        batch.append(R"("data":)");
        append_data(batch, message.marker, padding);
        batch.append("},");
    }
    batch.back() = ']';
    transport_->send(batch, command_lane());
}

} // namespace bayeux::cli
