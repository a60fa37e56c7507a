#include "tests/support/fault_world.hpp"

#include "bayeux/request_head.hpp"
#include "tests/support/faulty_service.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace bayeux::testing {
namespace {

using namespace std::chrono_literals;

void require(bool condition, std::string const& otherwise)
{
    if (!condition)
        throw std::runtime_error(otherwise);
}

bool matches(std::string_view subscription, std::string_view channel)
{
    return subscription == channel ||
           (subscription.ends_with("/*") &&
               channel.starts_with(subscription.substr(0, subscription.size() - 1)));
}

} // namespace

FaultWorld::FaultWorld(EngineOptions options, Calls calls)
    : options_(std::move(options)), calls_(calls)
{
    start_engine();
}

FaultWorld::~FaultWorld() = default;

void FaultWorld::start_engine()
{
    engine_ = std::make_unique<Engine>(
        options_, [this] { return random_ += 0x9e3779b97f4a7c15U; }, make_slow_policy(*this));
    engine_->install(make_faulty_service(engine_->context(), *this));
}

ResilientClient& FaultWorld::add_client(Way way, Acknowledges acknowledges)
{
    return *clients_.emplace_back(std::make_unique<ResilientClient>(
        *this, static_cast<int>(clients_.size()), way, acknowledges, cookies_.emplace_back()));
}

ResilientClient& FaultWorld::add_tab(
    ResilientClient const& beside, Way way, Acknowledges acknowledges)
{
    auto& cookie = *std::ranges::find_if(
        cookies_, [&](std::string const& each) { return &each == &beside.cookie(); });
    return *clients_.emplace_back(std::make_unique<ResilientClient>(
        *this, static_cast<int>(clients_.size()), way, acknowledges, cookie));
}

void FaultWorld::ask_web(std::string const& path)
{
    Origin const on{++last_origin_};
    connections_[on.value] = {-1};
    up_.push_back({Packet::Kind::web, -1, on, path});
}

int FaultWorld::run(std::vector<Action> script, Fault fault, int victim, int fault_after)
{
    fault_ = fault;
    victim_ = victim;
    fault_after_ = fault_after;
    std::ranges::reverse(script);
    end_ = script.empty() ? now_ : Instant::max();
    for (int rounds = 0; advance(script); ++rounds)
        require(rounds < 10'000, "it never comes to rest");
    return steps_;
}

/// False when it is over: all is done, and the clients have had time to come back.
bool FaultWorld::advance(std::vector<Action>& script)
{
    if (auto reply = next_of(down_, &Reply::origin)) {
        deliver(std::move(*reply));
    } else if (auto packet = next_of(up_, &Packet::on)) {
        take_packets(std::move(*packet));
    } else if (!script.empty() && now_ >= goes_on_) {
        script.back().act();
        goes_on_ = now_ + script.back().then_wait;
        script.pop_back();
        if (script.empty())
            end_ = goes_on_ + recovers_for_;
    } else if (now_ < end_) {
        pass();
    } else {
        return false;
    }
    return true;
}

/// To the next moment at which somebody wants something.
void FaultWorld::pass()
{
    auto next = goes_on_ > now_ ? std::min(goes_on_, end_) : end_;
    if (auto const deadline = engine_->next_deadline())
        next = std::min(next, *deadline);
    for (auto const& client : clients_)
        if (auto const wish = client->next_wish())
            next = std::min(next, *wish);
    if (!later_.empty())
        next = std::min(next, later_.begin()->first);
    now_ = std::max(now_, next);
    if (!later_.empty() && later_.begin()->first <= now_) {
        auto const act = std::move(later_.extract(later_.begin()).mapped());
        return act();
    }
    for (auto const& client : clients_)
        client->time_passed();
    step([this](Outbox& out) { engine_->tick(now_, out); });
}

/// The oldest one on a connection that does not stand still.
template <class Item>
std::optional<Item> FaultWorld::next_of(std::deque<Item>& queue, Origin Item::*on)
{
    auto const next = std::ranges::find_if(
        queue, [&](Item const& item) { return !slow_.contains((item.*on).value); });
    if (next == queue.end())
        return std::nullopt;
    auto item = std::move(*next);
    queue.erase(next);
    return item;
}

void FaultWorld::take_packets(Packet first)
{
    if (calls_ == Calls::one_by_one)
        return step([&](Outbox& out) { take_packet(std::move(first), out); });
    step([&](Outbox& out) {
        engine_->collect();
        take_packet(std::move(first), out);
        while (auto packet = next_of(up_, &Packet::on))
            take_packet(std::move(*packet), out);
        engine_->flush(now_, out);
    });
}

void FaultWorld::take_packet(Packet packet, Outbox& out)
{
    auto& connection = connections_.at(packet.on.value);
    if (!connection.server_knows)
        return; // it broke before
    if (packet.client >= 0 && packet.client == lose_next_of_) {
        lose_next_of_ = -1;
        connection.reaches_client = false;
        connection.server_knows = false;
        clients_[static_cast<std::size_t>(packet.client)]->broke(packet.on);
        if (connection.is_link)
            engine_->connection_lost(packet.on, now_, out);
        return;
    }
    connection.owed = !connection.is_link;
    if (packet.kind == Packet::Kind::web) {
        Request request;
        request.kept_head =
            std::make_shared<RequestHead const>("GET", packet.text, std::vector<Header>());
        return engine_->request(packet.on, std::move(request), {}, now_, out);
    }
    auto const& client = *clients_[static_cast<std::size_t>(packet.client)];
    Request request;
    request.browser_id = client.cookie();
    if (packet.kind == Packet::Kind::stream) {
        request.transport = Transport::eventsource;
        return engine_->open_stream(packet.on, std::move(request), packet.text, now_, out);
    }
    note_publications(packet);
    request.transport = connection.is_link ? Transport::websocket : Transport::long_polling;
    engine_->receive(packet.on, std::move(request),
        std::get<Batch>(parse_batch(std::move(packet.text))), now_, out);
}

void FaultWorld::note_publications(Packet const& packet)
{
    auto const batch = boost::json::parse(packet.text).as_array();
    for (auto const& each : batch) {
        auto const& message = each.as_object();
        std::string const channel(message.at("channel").as_string());
        if (!message.contains("data") || channel.starts_with("/service/"))
            continue;
        std::set<std::string> subscribers;
        for (auto const& [session, names] : subscribed_)
            if (engine_->context().session(session) != nullptr &&
                std::ranges::any_of(
                    names, [&](auto const& name) { return matches(name, channel); }))
                subscribers.insert(session);
        auto const number = static_cast<long>(message.at("data").as_int64());
        channels_[number] = channel;
        promise_.enters(number, packet.client, std::move(subscribers));
    }
}

template <class Call>
void FaultWorld::step(Call call)
{
    if (before_step)
        before_step(steps_);
    Outbox out;
    call(out);
    take(out);
    if (steps_++ == fault_after_)
        inject(fault_, victim_);
}

void FaultWorld::take(Outbox& out)
{
    for (auto& reply : out.replies) {
        auto& connection = connections_.at(reply.origin.value);
        require(connection.is_link || connection.owed, "a second answer to one request");
        connection.owed = false;
        if (!reply.messages.empty()) {
            auto const owner = owners_.find(reply.client_id);
            require(owner == owners_.end() || owner->second == connection.client,
                "messages go to another client");
        }
        down_.push_back(std::move(reply));
    }
    for (auto const& answer : out.web_answers) {
        auto& connection = connections_.at(answer.origin.value);
        require(connection.owed, "a second answer to a web request");
        connection.owed = false;
    }
    check_numbers();
}

void FaultWorld::check_numbers() const
{
    auto const numbers = engine_->statistics();
    require(numbers.held_connects <= numbers.sessions, "more held connects than sessions");
    auto const sessions = engine_->context().sessions();
    require(sessions.size() == numbers.sessions, "another number of sessions");
}

void FaultWorld::deliver(Reply reply)
{
    auto& connection = connections_.at(reply.origin.value);
    if (!connection.server_knows) { // as io loops do
        if (!reply.messages.empty())
            step([&](Outbox& out) { engine_->undelivered(std::move(reply), now_, out); });
        return;
    }
    if (!connection.reaches_client)
        return vanish(reply);
    auto& client = *clients_[static_cast<std::size_t>(connection.client)];
    client.arrived(reply);
    if (!reply.ok && connection.is_link) {
        connection.reaches_client = connection.server_knows = false;
        client.broke(reply.origin);
    }
}

void FaultWorld::vanish(Reply const& reply)
{
    auto const owner = owners_.find(reply.client_id);
    if (owner == owners_.end() || clients_[static_cast<std::size_t>(owner->second)]->acknowledges())
        return;
    for (auto const& message : reply.messages) {
        auto const json = boost::json::parse(message->json).as_object();
        if (auto const* const data = json.if_contains("data"); data != nullptr && data->is_int64())
            promise_.vanished(reply.client_id, static_cast<long>(data->get_int64()));
    }
}

void FaultWorld::jump(Duration duration)
{
    now_ += duration;
    if (end_ != Instant::max())
        end_ = now_ + recovers_for_;
}

void FaultWorld::inject(Fault fault, int victim)
{
    if (end_ != Instant::max())
        end_ = now_ + recovers_for_;
    auto& client = *clients_[static_cast<std::size_t>(victim)];
    switch (fault) {
    case Fault::none:
        return;
    case Fault::connection_lost:
        return break_connections(victim, false);
    case Fault::answer_lost:
        return break_connections(victim, true);
    case Fault::request_lost:
        lose_next_of_ = victim;
        return;
    case Fault::half_open:
        return half_open(victim);
    case Fault::connect_twice:
        // One that acknowledges asks again for what may be on its way, and gets it twice.
        if (client.has_connect() && !client.acknowledges())
            client.connect_twice();
        return;
    case Fault::client_vanishes:
        client.vanish();
        return break_connections(victim, true);
    case Fault::slow_reader:
        return slow_reader(victim);
    case Fault::pause:
        return jump(8s);
    case Fault::clock_jump:
        return jump(5min);
    case Fault::handler_throws:
        throw_each_ = 5;
        return;
    case Fault::restart:
        return restart();
    }
}

/// `was_written`: the answers that are on their way have left the server, which knows nothing of
/// their end.
void FaultWorld::break_connections(int victim, bool was_written)
{
    for (auto const on : open_connections(victim))
        lose(on, was_written);
}

std::vector<Origin> FaultWorld::open_connections(int client) const
{
    std::vector<Origin> open;
    for (auto const& [number, connection] : connections_) {
        Origin const on{number};
        bool const in_use =
            connection.is_link || connection.owed ||
            std::ranges::any_of(down_, [on](Reply const& reply) { return reply.origin == on; }) ||
            std::ranges::any_of(up_, [on](Packet const& packet) { return packet.on == on; });
        if (connection.client == client && connection.reaches_client && connection.server_knows &&
            in_use)
            open.push_back(on);
    }
    return open;
}

void FaultWorld::lose(Origin on, bool was_written)
{
    auto& connection = connections_.at(on.value);
    connection.reaches_client = false;
    clients_[static_cast<std::size_t>(connection.client)]->broke(on);
    if (was_written) {
        std::erase_if(down_, [&](Reply const& reply) {
            if (reply.origin != on)
                return false;
            vanish(reply);
            return true;
        });
    }
    connection.server_knows = false;
    Outbox out;
    engine_->connection_lost(on, now_, out);
    take(out);
}

void FaultWorld::half_open(int victim)
{
    for (auto const on : open_connections(victim)) {
        connections_.at(on.value).reaches_client = false;
        later_.emplace(now_ + 60s, [this, on] {
            connections_.at(on.value).server_knows = false;
            step([&](Outbox& out) { engine_->connection_lost(on, now_, out); });
        });
        clients_[static_cast<std::size_t>(victim)]->broke(on);
    }
}

void FaultWorld::slow_reader(int victim)
{
    for (auto const& [origin, connection] : connections_) {
        if (connection.client != victim || !connection.is_link || !connection.server_knows)
            continue;
        Origin const on{origin};
        engine_->link_full(on);
        slow_.insert(origin);
        later_.emplace(now_ + 1s, [this, on] {
            slow_.erase(on.value);
            step([&](Outbox& out) { engine_->link_ready(on, now_, out); });
        });
    }
}

/// A server that shuts down waits for those whose requests are open.
void FaultWorld::drain()
{
    auto const unanswered = [](auto const& each) {
        return each.second.owed && each.second.server_knows;
    };
    auto const last_moment = now_ + 10s;
    while (std::ranges::any_of(connections_, unanswered)) {
        require(now_ < last_moment, "shut down without an answer");
        now_ = std::clamp(engine_->next_deadline().value_or(last_moment), now_, last_moment);
        if (!later_.empty() && later_.begin()->first <= now_)
            later_.extract(later_.begin()).mapped()();
        else
            step([this](Outbox& out) { engine_->tick(now_, out); });
    }
}

void FaultWorld::restart()
{
    Outbox out;
    engine_->shutdown(1s, now_, out);
    take(out);
    drain();
    slow_.clear();
    while (auto next = next_of(down_, &Reply::origin)) {
        auto reply = std::move(*next);
        if (connections_.at(reply.origin.value).server_knows)
            deliver(std::move(reply));
    }
    later_.clear();
    up_.clear();
    start_engine();
    for (auto const& [origin, connection] : std::exchange(connections_, {}))
        if (connection.reaches_client && connection.client >= 0)
            clients_[static_cast<std::size_t>(connection.client)]->broke({origin});
}

void FaultWorld::check_aftermath()
{
    // Whatever has happened, those who are still there get through to each other.
    std::vector<Action> script;
    throw_each_ = 0;
    recovers_for_ = 5s;
    for (auto const& client : clients_)
        if (!client->gone())
            script.push_back({[&] { client->subscribe("/probe"); }, 100ms});
    for (auto const& client : clients_)
        if (!client->gone())
            script.push_back({[&] { client->publish("/probe"); }, 1s});
    auto const before = last_publication_;
    run(std::move(script), Fault::none, 0, -1);
    std::set<std::string> living;
    for (auto const& client : clients_)
        if (!client->gone())
            living.insert(client->session());
    for (auto number = before + 1; number <= last_publication_; ++number)
        require(promise_.is_acknowledged(number), "a client that cannot publish");
    for (auto const& session : living) {
        require(engine_->context().session(session) != nullptr, "a client without a session");
        require(subscribed_[session].contains("/probe"), "a client that cannot subscribe");
    }
    for (auto const& [session, owner] : owners_) {
        if (engine_->context().session(session) == nullptr || !living.contains(session))
            continue;
        std::string missed;
        for (auto const number : promise_.missed_by(session))
            missed += ' ' + std::to_string(number);
        require(missed.empty(), "client " + std::to_string(owner) + " has missed" + missed);
    }
    for (auto const& client : clients_)
        for (auto const& [call, answers] : client->calls())
            require(answers <= 1, "a call is answered twice");

    for (auto const& client : clients_) {
        client->vanish();
        break_connections(client->number(), true);
    }
    end_ = now_ + 24h;
    std::vector<Action> nothing;
    while (advance(nothing)) {
    }
    for (auto const& [origin, connection] : connections_)
        require(!connection.owed || !connection.server_knows, "a request without an answer");
    auto const left = engine_->statistics();
    require(left.sessions == 0 && left.held_connects == 0, "a session that does not end");
    require(left.queue_bytes == 0, "memory of queues that are gone");
}

Origin FaultWorld::new_request(ResilientClient& client)
{
    Origin const on{++last_origin_};
    connections_[on.value] = {client.number()};
    return on;
}

Origin FaultWorld::new_link(ResilientClient& client)
{
    auto const on = new_request(client);
    connections_[on.value].is_link = true;
    return on;
}

void FaultWorld::send(ResilientClient& from, Origin on, std::string body)
{
    up_.push_back({Packet::Kind::batch, from.number(), on, std::move(body)});
}

void FaultWorld::open_stream(ResilientClient& from, Origin stream)
{
    up_.push_back({Packet::Kind::stream, from.number(), stream, from.session()});
}

void FaultWorld::came(ResilientClient& to, boost::json::value const& data)
{
    auto const number = static_cast<long>(data.as_int64());
    promise_.came(to.session(), number);
    auto const& names = asked_for_[to.session()];
    require(std::ranges::any_of(
                names, [&](auto const& name) { return matches(name, channels_[number]); }),
        "a message that nobody has asked for");
}

void FaultWorld::asks_for(std::string const& session, std::string const& channel)
{
    asked_for_[session].insert(channel);
}

void FaultWorld::is_subscribed(std::string const& session, std::string const& channel)
{
    subscribed_[session].insert(channel);
}

void FaultWorld::unsubscribes(std::string const& session, std::string const& channel)
{
    subscribed_[session].erase(channel);
}

void FaultWorld::perhaps_throw()
{
    if (throw_each_ > 0 && ++calls_of_services_ % throw_each_ == 0)
        throw std::runtime_error("a handler fails");
}

void FaultWorld::ask_later(Pending question)
{
    later_.emplace(now_ + 50ms, [this, question] {
        step([&](Outbox& out) { engine_->resolve(question, Decision::allow(), now_, out); });
    });
}

} // namespace bayeux::testing
