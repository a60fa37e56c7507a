#include "server/cli/bench/nchan_client.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/printable.hpp"

#include <utility>

namespace bayeux::cli {
namespace {

[[noreturn]] void refuse(HttpAnswer const& answer)
{
    auto const line = answer.head.substr(0, answer.head.find('\r'));
    throw Failure("the server answered: " + server::printable(line));
}

} // namespace

NchanSubscriber::NchanSubscriber(Network& network, TransportType transport, Client::Owner& owner,
    std::uint32_t index, std::vector<std::uint32_t> rooms)
    : Client(owner, index, std::move(rooms)), network_(network)
{
    if (transport == TransportType::websocket) {
        socket_.emplace(network, *this);
    } else {
        connection_.emplace(network, *this);
    }
}

void NchanSubscriber::start()
{
    if (socket_) {
        socket_->open();
        return;
    }
    ask();
    // No answer says that a request is held, so others are kept back for a moment.
    network_.loop().at(now() + 5 * millisecond, [this] { owner().ready(*this); });
}

void NchanSubscriber::publish(std::span<Outgoing const> /*messages*/, std::string_view /*padding*/)
{
    throw Failure("subscribers of nchan do not publish");
}

void NchanSubscriber::ask()
{
    auto& text = network_.scratch();
    text.append("GET ").append(network_.path()).append(" HTTP/1.1\r\nHost: ");
    text.append(network_.authority()).append("\r\n").append(position_).append("\r\n");
    connection_->request(text);
}

void NchanSubscriber::answered(HttpConnection& /*connection*/, HttpAnswer const& answer)
{
    if (answer.status == 200) {
        received(answer.body);
        position_ = "If-Modified-Since: ";
        position_ += header_value(answer.head, "last-modified").value_or("");
        position_ += "\r\nIf-None-Match: ";
        position_ += header_value(answer.head, "etag").value_or("");
        position_ += "\r\n";
    } else if (answer.status != 304 && answer.status != 408) { // nothing for so long
        refuse(answer);
    }
    ask();
}

void NchanSubscriber::opened()
{
    owner().ready(*this);
}

void NchanSubscriber::received(std::string_view message)
{
    for_each_marker(message, [this](Marker const& marker) { owner().delivered(*this, marker); });
}

NchanPublisher::NchanPublisher(Network& network, Client::Owner& owner, std::uint32_t index)
    : Client(owner, index, {}), network_(network), connection_(network, *this)
{}

void NchanPublisher::start()
{
    network_.loop().at(now(), [this] { owner().ready(*this); });
}

void NchanPublisher::publish(std::span<Outgoing const> messages, std::string_view padding)
{
    auto& body = network_.messages();
    append_data(body, messages.front().marker, padding);
    connection_.post({}, body);
}

void NchanPublisher::answered(HttpConnection& /*connection*/, HttpAnswer const& answer)
{
    if (answer.status / 100 != 2) {
        refuse(answer);
    }
    owner().answered(*this);
}

} // namespace bayeux::cli
