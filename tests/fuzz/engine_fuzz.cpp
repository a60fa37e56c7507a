// Drives the engine by the input's bytes: what clients send, how policy, extensions and services
// decide, lost connections, time. Whatever comes, each request gets exactly one answer, answers are
// JSON, nothing belongs to two sessions, the engine's numbers are those of its sessions, and after
// a long silence nothing is left of any client.

#include "bayeux/detail/session_state.hpp"
#include "bayeux/engine.hpp"
#include "bayeux/request_head.hpp"
#include "bayeux/service.hpp"
#include "tests/fuzz/engine_handlers.hpp"

#include <boost/json/parse.hpp>

#include <cstdint>
#include <exception>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::fuzz;
namespace json = boost::json;

namespace {

EngineOptions options_from(Bytes& bytes)
{
    auto const ms = [&](std::initializer_list<int> choices) { return Duration(bytes.of(choices)); };
    auto const count = [&](std::initializer_list<int> choices) {
        return static_cast<std::size_t>(bytes.of(choices));
    };
    EngineOptions options;
    options.timeout = ms({1000, 0, 30'000});
    options.interval = ms({0, 10, 100'000});
    options.max_interval = ms({10'000, 0, 1, 50});
    options.sweep_period = ms({997, 1});
    options.max_sessions_per_browser = bytes.of({1, -1, 0, 2});
    options.multi_session_interval = ms({2000, 0});
    options.trust_client_session =
        bytes.of({TrustClientSession::automatic, TrustClientSession::yes, TrustClientSession::no});
    options.meta_connect_deliver_only = bytes.of({false, true});
    options.broadcast_to_publisher = bytes.of({true, false});
    options.max_batch = count({100, 2});
    options.max_channel_length = count({100, 18});
    options.max_subscriptions = count({100, 1, 3});
    options.max_channels = count({1000, 11, 13});
    options.max_sessions = count({1000, 1, 3});
    options.max_queue = count({100, 1, 3});
    options.max_queue_bytes = count({10'000, 100});
    options.decision_timeout = ms({5000, 0, 100'000});
    // Not by bytes of their own, which would change what older inputs do.
    options.lazy_channels = {{"/a/b", Duration(50)}};
    if (options.max_queue == 3)
        options.max_queue_policy = QueuePolicy::drop_oldest;
    options.max_total_queue_bytes = options.max_queue == 1 ? 1'000 : 10'000;
    options.max_message_rate = options.max_channels == 13 ? 1 : 0;
    options.max_message_rate_per_address = options.max_channels == 11 ? 2 : 0;
    options.max_handshake_rate_per_address = options.max_sessions == 3 ? 1 : 0;
    options.max_sessions_per_address = options.max_sessions == 3 ? 2 : 0;
    options.allow_message_delivery_during_handshake = options.max_sessions_per_browser == -1;
    options.max_processing = options.max_subscriptions == 3 ? Duration(40'000) : Duration(0);
    return options;
}

class World {
public:
    explicit World(Bytes& bytes);
    void act();
    void fall_silent();

private:
    void act_as_client(std::size_t what);
    void send(std::string body);
    std::string as(std::string_view channel, std::string_view more);
    void ask_web();
    void lose_web();
    void check_numbers();
    std::string batch();
    std::string message();
    std::string subscription();
    void open_stream();
    void other_threads();
    void lose_connection();
    Origin pick_socket();
    void lose_socket();
    void pass(Duration duration);
    void take(Outbox& out);
    template <class Call>
    void call(Call call);

    Bytes& bytes_;
    Handlers handlers_;
    EngineOptions options_;
    Instant now_{Duration(1'000'000)};
    std::uint64_t last_random_ = 0;
    FuzzWorkers workers_;
    Engine engine_;
    std::size_t channels_at_first_;

    std::vector<std::string> clients_{"unknown"};
    std::vector<std::string> cookies_{""};
    std::uint64_t last_origin_ = 0;
    std::set<std::uint64_t> open_; ///< requests that wait for their answer
    std::set<std::uint64_t> lost_; ///< the same, and may wait in vain
    std::set<std::uint64_t> sockets_;
    std::set<std::uint64_t> lost_sockets_;
    std::set<std::uint64_t> web_open_; ///< HTTP requests for the service
    Reply last_with_messages_;
    std::int64_t last_batch_ = 0; ///< the newest that a reply has named
    bool collecting_ = false;
};

World::World(Bytes& bytes)
    : bytes_(bytes),
      handlers_(bytes),
      options_(options_from(bytes)),
      engine_(
          options_, [this] { return last_random_ += 0x9e3779b97f4a7c15U; },
          std::make_unique<FuzzPolicy>(handlers_))
{
    if (options_.max_batch == 2)
        engine_.context().need_request_heads();
    if (bytes_.of({false, true}))
        engine_.add_extension(std::make_shared<FuzzExtension>(handlers_));
    engine_.set_workers(workers_);
    engine_.install(std::make_unique<FuzzService>(engine_.context(), handlers_));
    call([&](Outbox& out) { engine_.tick(now_, out); });
    channels_at_first_ = engine_.statistics().channels;
}

template <class Call>
void World::call(Call call)
{
    Outbox out;
    call(out);
    take(out);
}

void World::take(Outbox& out)
{
    for (auto& reply : out.replies) {
        auto const origin = reply.origin.value;
        require(sockets_.count(origin) + lost_sockets_.count(origin) + open_.erase(origin) +
                        lost_.erase(origin) ==
                    1,
            "an answer that nobody waits for");
        if (!reply.ok) {
            require(reply.error_status >= 400, "an error without a status");
            continue;
        }
        std::string body;
        append_body(body, reply);
        json::parse_options options;
        options.max_depth = 200;
        json::error_code failed;
        auto const value = json::parse(body, failed, {}, options);
        require(!failed && value.is_array(), "an answer that is no JSON array");
        require(reply.messages.empty() == reply.client_id.empty(), "whose messages are these?");
        for (auto const& each : value.as_array())
            if (auto const* const ext = each.as_object().if_contains("ext");
                ext != nullptr && ext->is_object())
                if (auto const* const ack = ext->get_object().if_contains("ack");
                    ack != nullptr && ack->is_int64())
                    last_batch_ = ack->get_int64();
        if (!reply.set_browser_id.empty())
            cookies_.push_back(reply.set_browser_id);
        if (!reply.first.empty())
            if (auto const* id = value.as_array().front().as_object().if_contains("clientId"))
                clients_.emplace_back(id->as_string());
        if (!reply.messages.empty())
            last_with_messages_ = std::move(reply);
    }
    for (auto const& answer : out.web_answers)
        require(web_open_.erase(answer.origin.value) == 1, "a web answer nobody waits for");
    check_numbers();
}

void World::check_numbers()
{
    auto const statistics = engine_.statistics();
    require(statistics.held_connects <= open_.size() + sockets_.size() + lost_sockets_.size(),
        "a held connect that nobody waits for");
    require(statistics.sessions == handlers_.sessions_begun - handlers_.sessions_ended,
        "sessions that have not begun, or not ended");
    std::size_t held = 0;
    std::size_t places = 0;
    std::size_t sessions = 0;
    std::set<std::uint64_t> outlets;
    std::set<std::uint64_t> polls;
    for (auto const* const each : engine_.context().sessions()) {
        auto const& session = detail::state_of(*each);
        ++sessions;
        places += session.queue.size();
        require(session.queue.empty() == (session.queue.bytes() == 0), "bytes of no messages");
        if (session.acknowledged) {
            std::size_t bytes = 0;
            for (auto const& sent : session.acknowledged->sent)
                bytes += sent.message->json.size();
            places += session.acknowledged->sent.size();
            require(bytes == session.acknowledged->bytes, "bytes to acknowledge");
        }
        if (session.outlet)
            require(
                outlets.insert(session.outlet->origin.value).second, "one link of two sessions");
        if (session.held) {
            ++held;
            auto const origin = session.held->origin.value;
            require(session.held->over_link || polls.insert(origin).second,
                "two connects are held for one request");
            require(session.held->over_link || open_.contains(origin), "held for nobody");
        }
    }
    require(sessions == statistics.sessions, "another number of sessions");
    require(held == statistics.held_connects, "another number of held connects");
    require(collecting_ || (places == 0) == (statistics.queue_bytes == 0), "memory of no messages");
    require(statistics.queue_bytes >= places * sizeof(FrozenMessage), "places that do not count");
}

void World::act()
{
    auto const pick = [this](auto const& choices) -> decltype(auto) {
        return choices[bytes_.below(choices.size())];
    };
    auto const first = bytes_.next();
    if (first >= 224)
        return act_as_client(first - 224U);
    switch (first % 20) {
    case 0:
        return send(bytes_.text(bytes_.next()));
    case 1:
        return lose_connection();
    case 2:
        return pass(Duration(bytes_.of({1, 10, 997, 1000})));
    case 3:
        return pass(Duration(bytes_.of({10'000, 30'000, 1'000'000})));
    case 4: // the clock goes on and nobody looks
        now_ += Duration(bytes_.next() * bytes_.next());
        return;
    case 5:
        if (!handlers_.questions.empty())
            call([&](Outbox& out) {
                engine_.resolve(pick(handlers_.questions),
                    bytes_.of({Decision::allow(), Decision::deny(), Decision::later()}), now_, out);
            });
        return;
    case 6:
        call([&](Outbox& out) { engine_.undelivered(last_with_messages_, now_, out); });
        last_with_messages_ = {};
        return;
    case 7: // a service acts by itself
        try {
            handlers_.act(engine_.context(), engine_.context().session(pick(clients_)));
        } catch (std::exception const&) { // as a service is told that it asked for nonsense
        }
        return call([&](Outbox& out) { engine_.tick(now_, out); });
    case 8:
        if (bytes_.below(16) == 15)
            call([&](Outbox& out) { engine_.shutdown(Duration(bytes_.next()), now_, out); });
        return;
    case 9:
        return lose_socket();
    case 10: // a socket's client reads slowly
        if (auto const socket = pick_socket(); bytes_.of({true, false}))
            engine_.link_full(socket);
        else
            call([&](Outbox& out) { engine_.link_ready(socket, now_, out); });
        return;
    case 11:
        return open_stream();
    case 12:
        return other_threads();
    default:
        return send(batch());
    }
}

/// What ordinary clients do, so that it comes up more often than by chance.
void World::act_as_client(std::size_t what)
{
    auto const data = [this] {
        return R"(,"data":")" + std::string(bytes_.of({1U, 300U, 3000U}), 'x') + '"';
    };
    switch (what) {
    case 0:
    case 1:
        return send(R"({"channel":"/meta/handshake","ext":{"ack":true}})");
    case 2:
    case 3:
    case 4: {
        auto const batch = last_batch_ - static_cast<std::int64_t>(bytes_.below(3));
        return send(
            as("/meta/connect", R"(,"id":"7","ext":{"ack":)" + std::to_string(batch) + '}'));
    }
    case 5:
    case 6:
        return send(as("/meta/connect", ""));
    case 7:
        return send(as("/meta/subscribe", R"(,"subscription":)" + subscription()));
    case 8:
    case 9:
    case 10:
        return send(as(bytes_.of({"/a", "/a/b", "/guarded/a"}), data()));
    case 11:
        return send(
            "[" + as("/a", data()) + ',' + as("/a", data()) + ',' + as("/meta/connect", "") + ']');
    case 12:
        return send(as("/meta/disconnect", ""));
    case 13:
        return ask_web();
    case 14:
        return lose_web();
    case 15:
        return send(as("/service/call", data()));
    case 16:
    case 17:
        collecting_ = true;
        return engine_.collect();
    case 18:
    case 19:
    case 20:
        collecting_ = false;
        return call([&](Outbox& out) { engine_.flush(now_, out); });
    case 21:
        return other_threads();
    case 22:
    case 23:
    case 24:
        try {
            handlers_.act_locally(engine_.context());
        } catch (std::exception const&) { // as a service is told that it asked for nonsense
        }
        return call([&](Outbox& out) { engine_.tick(now_, out); });
    default:
        return pass(Duration(bytes_.of({0, 1, 2000, 5000, 20'000})));
    }
}

std::string World::as(std::string_view channel, std::string_view more)
{
    return R"({"channel":")" + std::string(channel) + R"(","clientId":")" +
           clients_[bytes_.below(clients_.size())] + '"' + std::string(more) + '}';
}

void World::ask_web()
{
    Request request;
    request.kept_head = std::make_shared<RequestHead const>(bytes_.of({"GET", "POST"}),
        bytes_.of({"/web/a", "/web/b/c?d=%20", "/web/", "/none"}), std::vector<Header>());
    Origin const origin{++last_origin_};
    web_open_.insert(origin.value);
    call([&](Outbox& out) { engine_.request(origin, std::move(request), "body", now_, out); });
}

void World::lose_web()
{
    if (web_open_.empty())
        return;
    Origin const lost{*web_open_.begin()};
    web_open_.erase(lost.value);
    call([&](Outbox& out) { engine_.connection_lost(lost, now_, out); });
}

void World::send(std::string body)
{
    auto parsed = parse_batch(std::move(body));
    if (!std::holds_alternative<Batch>(parsed))
        return;
    Request request;
    request.transport =
        bytes_.of({Transport::long_polling, Transport::callback_polling, Transport::websocket});
    request.browser_id = cookies_[bytes_.below(cookies_.size())];
    request.peer = last_origin_ % 2 == 0 ? "192.0.2.1:1"
                                         : "[2001:db8::" + std::to_string(last_origin_ % 3) + "]:1";
    auto const origin =
        request.transport == Transport::websocket ? pick_socket() : Origin{++last_origin_};
    if (request.transport != Transport::websocket)
        open_.insert(origin.value);
    call([&](Outbox& out) {
        engine_.receive(origin, std::move(request), std::get<Batch>(std::move(parsed)), now_, out);
    });
}

std::string World::batch()
{
    std::string body = "[" + message();
    for (auto more = bytes_.below(4); more-- > 0;)
        body += "," + message();
    return body + "]";
}

std::string World::message()
{
    auto const channel = bytes_.of({"/meta/handshake", "/meta/connect", "/meta/connect",
        "/meta/subscribe", "/meta/subscribe", "/meta/unsubscribe", "/meta/disconnect", "/meta/ping",
        "/meta/none", "/a", "/a/b", "/a/b/c", "/a/*", "/**", "/service/a", "/service/none",
        "/service/call", "/guarded/a", "/a//b", ""});
    std::string json = R"({"channel":")" + std::string(channel) + R"(","clientId":")" +
                       clients_[bytes_.below(clients_.size())] + '"';
    auto const parts = bytes_.next();
    if ((parts & 1) != 0)
        json += R"(,"id":)" + std::string(bytes_.of({"1", R"("a1")", R"("-")", "null", "{}"}));
    if ((parts & 2) != 0)
        json += R"(,"data":)" + std::string(bytes_.of({"{}", "null", R"("text")", "[1e400,1.0]"}));
    if ((parts & 4) != 0)
        json += R"(,"subscription":)" + subscription();
    if ((parts & 8) != 0)
        json += std::string(R"(,"advice":{"timeout":)") +
                bytes_.of({"0", "50", "100000000", "-1", "null"}) + R"(,"interval":)" +
                bytes_.of({"0", "50", "100000000", "-1", "null"}) + "}";
    if ((parts & 16) != 0)
        json += R"(,"ext":{"x":"\u0000"},"successful":false)";
    if ((parts & 32) != 0)
        json +=
            std::string(R"(,"ext":{"ack":)") + bytes_.of({"true", "0", "1", "2", "-1", "9"}) + "}";
    return json + "}";
}

void World::open_stream()
{
    Request request;
    request.transport = Transport::eventsource;
    request.browser_id = cookies_[bytes_.below(cookies_.size())];
    auto const origin = Origin{++last_origin_};
    sockets_.insert(origin.value);
    call([&](Outbox& out) {
        engine_.open_stream(
            origin, std::move(request), clients_[bytes_.below(clients_.size())], now_, out);
    });
}

/// They finish a job and hand over what waits.
void World::other_threads()
{
    if (!workers_.jobs.empty()) {
        workers_.jobs.front()();
        workers_.jobs.pop_front();
    }
    while (!workers_.tasks.empty()) {
        auto const task = std::move(workers_.tasks.front());
        workers_.tasks.pop_front();
        call([&](Outbox& out) { engine_.run(task, now_, out); });
    }
}

std::string World::subscription()
{
    auto const name = [this] {
        return bytes_.of(
            {R"("/a")", R"("/a/b")", R"("/a/*")", R"("/a/**")", R"("/**")", R"("/guarded/a")",
                R"("/service/a")", R"("/meta/connect")", R"("/meta/*")", R"("/")", "5"});
    };
    std::string json = name();
    for (auto more = bytes_.below(4); more-- > 0;)
        json.append(",").append(name());
    return bytes_.of({false, true}) ? "[" + json + "]" : name();
}

void World::lose_connection()
{
    if (open_.empty())
        return;
    auto const lost = *std::next(open_.begin(), static_cast<int>(bytes_.below(open_.size())));
    open_.erase(lost);
    lost_.insert(lost);
    call([&](Outbox& out) { engine_.connection_lost(Origin{lost}, now_, out); });
}

/// One of three; they are open until they are lost, and then others come.
Origin World::pick_socket()
{
    while (sockets_.size() < 3)
        sockets_.insert(++last_origin_);
    return {*std::next(sockets_.begin(), static_cast<int>(bytes_.below(sockets_.size())))};
}

void World::lose_socket()
{
    auto const lost = pick_socket();
    sockets_.erase(lost.value);
    lost_sockets_.insert(lost.value);
    call([&](Outbox& out) { engine_.connection_lost(lost, now_, out); });
}

void World::pass(Duration duration)
{
    auto const end = now_ + duration;
    while (now_ < end) {
        now_ = std::clamp(engine_.next_deadline().value_or(end), now_, end);
        call([&](Outbox& out) { engine_.tick(now_, out); });
    }
}

void World::fall_silent()
{
    bytes_.stop();
    if (std::exchange(collecting_, false))
        call([&](Outbox& out) { engine_.flush(now_, out); });
    handlers_.kept->locals.clear();
    handlers_.kept->timers.clear();
    other_threads();
    for (int day = 0; day < 4; ++day)
        pass(std::chrono::hours(24));
    auto const left = engine_.statistics();
    require(open_.empty() && web_open_.empty(), "a request without an answer");
    require(left.sessions == 0, "a session that does not die");
    require(left.queue_bytes == 0, "memory of queues that are gone");
    require(left.held_connects == 0, "a held connect that does not end");
    require(left.channels ==
                channels_at_first_ + handlers_.guarded_channels + handlers_.heard_channels.size(),
        "a channel that is not swept");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    Bytes bytes({reinterpret_cast<char const*>(data), size});
    World world(bytes);
    while (!bytes.empty())
        world.act();
    world.fall_silent();
    return 0;
}
