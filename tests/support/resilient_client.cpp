#include "tests/support/resilient_client.hpp"

#include "tests/support/fault_world.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <utility>

namespace bayeux::testing {
namespace {

using boost::json::object;

constexpr Duration soon{100}; ///< after a failure

std::string_view text_at(object const& from, std::string_view name)
{
    auto const* const value = from.if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

object const* object_at(object const& from, std::string_view name)
{
    auto const* const value = from.if_contains(name);
    return value != nullptr ? value->if_object() : nullptr;
}

bool successful(object const& reply)
{
    auto const* const value = reply.if_contains("successful");
    return value != nullptr && value->is_bool() && value->get_bool();
}

} // namespace

ResilientClient::ResilientClient(
    FaultWorld& world, int number, Way way, Acknowledges acknowledges, std::string& cookie)
    : world_(world),
      number_(number),
      way_(way),
      acknowledges_(acknowledges == Acknowledges::yes),
      cookie_(cookie)
{}

void ResilientClient::start()
{
    handshake_at_.reset();
    send("/meta/handshake", {"/meta/handshake", {}},
        std::string(R"(,"version":"1.0","supportedConnectionTypes":["long-polling","websocket"])") +
            (acknowledges_ ? R"(,"ext":{"ack":true})" : ""));
}

void ResilientClient::subscribe(std::string const& channel)
{
    wanted_.insert(channel);
    if (!id_.empty()) // else with all others, after the handshake
        send_subscribe(channel);
}

void ResilientClient::send_subscribe(std::string const& channel)
{
    world_.asks_for(id_, channel);
    send("/meta/subscribe", {"/meta/subscribe", {}, channel},
        R"(,"subscription":")" + channel + '"');
}

void ResilientClient::unsubscribe(std::string const& channel)
{
    wanted_.erase(channel);
    if (id_.empty())
        return;
    world_.unsubscribes(id_, channel);
    send("/meta/unsubscribe", {"/meta/unsubscribe", {}}, R"(,"subscription":")" + channel + '"');
}

void ResilientClient::publish(std::string const& channel, int count)
{
    when_ready([this, channel, count] {
        Sent sent{channel, connection()};
        std::string body;
        for (int i = 0; i < count; ++i) {
            auto const number = world_.next_publication();
            auto const id = std::to_string(++last_id_);
            sent.publications = {number};
            body += (i == 0 ? "[" : ",") +
                    (R"({"channel":")" + channel + R"(","clientId":")" + id_ + R"(","id":")" + id +
                        R"(","data":)" + std::to_string(number) + '}');
            outstanding_.emplace(id, sent);
        }
        world_.send(*this, sent.on, body + ']');
    });
}

void ResilientClient::call(std::string const& target)
{
    when_ready([this, target] {
        Sent sent{"/service/" + target, {}};
        sent.is_call = true;
        send(sent.channel, sent, R"(,"data":1)");
    });
}

void ResilientClient::disconnect()
{
    when_ready([this] {
        send("/meta/disconnect", {"/meta/disconnect", {}}, "");
        gone_ = true;
    });
}

void ResilientClient::vanish()
{
    gone_ = true;
    outstanding_.clear();
    waiting_.clear();
    connect_at_.reset();
    handshake_at_.reset();
}

void ResilientClient::connect_twice()
{
    if (!id_.empty() && !gone_)
        connect();
}

bool ResilientClient::has_connect() const
{
    return std::ranges::any_of(
        outstanding_, [](auto const& sent) { return sent.second.channel == "/meta/connect"; });
}

void ResilientClient::when_ready(std::function<void()> act)
{
    if (gone_)
        return;
    if (id_.empty())
        waiting_.push_back(std::move(act));
    else
        act();
}

void ResilientClient::send(std::string_view channel, Sent sent, std::string const& more)
{
    if (gone_)
        return;
    auto const id = std::to_string(++last_id_);
    sent.on = connection();
    if (sent.is_call)
        calls_[id_ + ' ' + id] = 0;
    auto const on = sent.on;
    outstanding_.emplace(id, std::move(sent));
    world_.send(*this, on,
        R"([{"channel":")" + std::string(channel) + R"(","id":")" + id + '"' +
            (id_.empty() ? "" : R"(,"clientId":")" + id_ + '"') + more + "}]");
}

Origin ResilientClient::connection()
{
    if (way_ != Way::websocket)
        return world_.new_request(*this);
    if (socket_ == Origin{})
        socket_ = world_.new_link(*this);
    return socket_;
}

void ResilientClient::connect()
{
    connect_at_.reset();
    if (way_ == Way::eventsource && stream_ == Origin{}) {
        stream_ = world_.new_link(*this);
        world_.open_stream(*this, stream_);
    }
    send("/meta/connect", {"/meta/connect", {}},
        acknowledges_ ? R"(,"ext":{"ack":)" + std::to_string(batch_) + '}' : "");
}

void ResilientClient::connect_after(Duration delay)
{
    if (!gone_ && !id_.empty())
        connect_at_ = world_.now() + delay;
}

void ResilientClient::shake_hands_after(Duration delay)
{
    id_.clear();
    connect_at_.reset();
    outstanding_.clear();
    if (!gone_)
        handshake_at_ = world_.now() + delay;
}

void ResilientClient::arrived(Reply const& reply)
{
    if (!reply.set_browser_id.empty())
        cookie_ = reply.set_browser_id;
    std::string body;
    append_body(body, reply);
    auto const messages = boost::json::parse(body).as_array();
    for (auto const& message : messages)
        handle(message.as_object());
    if (reply.origin != socket_ && reply.origin != stream_)
        broke(reply.origin); // whatever it has not answered
}

void ResilientClient::handle(object const& message)
{
    auto const id = std::string(text_at(message, "id"));
    auto const channel = text_at(message, "channel");
    if (message.contains("data")) {
        if (auto const call = calls_.find(id_ + ' ' + id); call != calls_.end())
            ++call->second;
        else
            world_.came(*this, message.at("data"));
        return;
    }
    auto const found = outstanding_.extract(id);
    if (found.empty())
        return; // of something that it has given up
    auto const& sent = found.mapped();
    if (channel == "/meta/handshake")
        handle_handshake(message);
    else if (channel == "/meta/connect")
        handle_connect(message);
    else if (channel == "/meta/subscribe" && successful(message))
        world_.is_subscribed(id_, sent.subscription);
    else if (successful(message))
        for (auto const number : sent.publications)
            world_.promise().acknowledged(number);
}

void ResilientClient::handle_handshake(object const& reply)
{
    if (!successful(reply)) {
        auto const* const advice = object_at(reply, "advice");
        auto const* const interval = advice != nullptr ? advice->if_contains("interval") : nullptr;
        return shake_hands_after(
            interval != nullptr && interval->is_int64() ? Duration(interval->get_int64()) : soon);
    }
    id_ = text_at(reply, "clientId");
    batch_ = 0;
    interval_ = Duration(0);
    world_.begins(id_, number_);
    for (auto const& channel : wanted_)
        send_subscribe(channel);
    connect();
    for (auto const& act : std::exchange(waiting_, {}))
        act();
}

void ResilientClient::handle_connect(object const& reply)
{
    if (auto const* const ext = object_at(reply, "ext"); ext != nullptr && ext->contains("ack"))
        batch_ = std::max<long>(batch_, ext->at("ack").as_int64());
    auto const* const advice = object_at(reply, "advice");
    if (advice != nullptr && advice->contains("interval"))
        interval_ = Duration(advice->at("interval").as_int64());
    auto const reconnect = advice != nullptr ? text_at(*advice, "reconnect") : std::string_view();
    if (reconnect == "handshake") {
        ++sessions_lost_;
        shake_hands_after(interval_);
    } else if (reconnect == "none") {
        gone_ = true;
    } else {
        std::erase_if(outstanding_, // on a socket the older of two is never answered
            [](auto const& sent) { return sent.second.channel == "/meta/connect"; });
        connect_after(interval_);
    }
}

void ResilientClient::broke(Origin connection)
{
    if (connection == socket_)
        socket_ = {};
    if (connection == stream_) {
        stream_ = {};
        return; // opened again with the next connect
    }
    std::vector<Sent> lost;
    for (auto at = outstanding_.begin(); at != outstanding_.end();) {
        if (at->second.on == connection) {
            lost.push_back(at->second);
            at = outstanding_.erase(at);
        } else {
            ++at;
        }
    }
    for (auto const& sent : lost)
        failed(sent);
}

void ResilientClient::failed(Sent const& sent)
{
    if (sent.channel == "/meta/handshake")
        shake_hands_after(soon);
    else if (sent.channel == "/meta/connect" && !has_connect())
        connect_after(soon);
    else if (sent.channel == "/meta/subscribe" && wanted_.contains(sent.subscription))
        when_ready([this, channel = sent.subscription] { send_subscribe(channel); });
}

void ResilientClient::time_passed()
{
    if (handshake_at_ && *handshake_at_ <= world_.now())
        start();
    else if (connect_at_ && *connect_at_ <= world_.now())
        connect();
}

std::optional<Instant> ResilientClient::next_wish() const
{
    return handshake_at_ ? handshake_at_ : connect_at_;
}

} // namespace bayeux::testing
