#include "bayeux/testing/fake_world.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <variant>

namespace bayeux::testing {
namespace {

namespace json = boost::json;

/// The same numbers in each run.
RandomSource counting_random()
{
    return [state = std::uint64_t{0}]() mutable {
        state += 0x9e3779b97f4a7c15U; // splitmix64
        auto mixed = state;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    };
}

std::string shown(Answer const& answer)
{
    return answer.ok ? answer.text : "status " + std::to_string(answer.status);
}

} // namespace

std::string batch_of(std::vector<std::string> const& messages)
{
    std::string body = "[";
    for (auto const& message : messages)
        body.append(body.size() > 1 ? "," : "").append(message);
    return body += ']';
}

json::object const& Answer::on(std::string_view channel, std::size_t nth) const
{
    for (auto const& element : body) {
        auto const& object = element.as_object();
        auto const* const name = object.if_contains("channel");
        if (name != nullptr && std::string_view(name->as_string()) == channel && nth-- == 0)
            return object;
    }
    throw Failure(std::string("expected something on ").append(channel) + ", got " + shown(*this));
}

std::size_t Answer::count(std::string_view channel) const
{
    std::size_t found = 0;
    for (auto const& element : body) {
        auto const* const name = element.as_object().if_contains("channel");
        found += name != nullptr && std::string_view(name->as_string()) == channel ? 1U : 0U;
    }
    return found;
}

std::string Answer::error() const
{
    auto const* const last = body.empty() ? nullptr : body.back().if_object();
    auto const* const successful = last == nullptr ? nullptr : last->if_contains("successful");
    if (successful == nullptr)
        throw Failure("expected a reply at the end, got " + shown(*this));
    return successful->as_bool() ? "" : last->at("error").as_string().c_str();
}

json::array Answer::data(std::string_view channel) const
{
    json::array all;
    for (auto const& element : body) {
        auto const& object = element.as_object();
        if (std::string_view(object.at("channel").as_string()) == channel &&
            object.contains("data"))
            all.push_back(object.at("data"));
    }
    return all;
}

FakeWorld::FakeWorld(EngineOptions options, std::unique_ptr<SecurityPolicy> policy)
    : engine_(std::move(options), counting_random(), std::move(policy)), now_(Duration(1'000'000))
{
    engine_.set_workers(workers_);
}

/// What has not been done may hold something of the engine's.
FakeWorld::~FakeWorld()
{
    workers_.jobs.clear();
    workers_.tasks.clear();
}

Origin FakeWorld::send(std::string body, std::string browser_id)
{
    Request request;
    request.browser_id = std::move(browser_id);
    request.peer = "192.0.2.1:1";
    return send(std::move(body), std::move(request));
}

Origin FakeWorld::send(std::string body, Request request)
{
    Origin const origin{++last_origin_};
    waiting_.insert(origin.value);
    receive(origin, std::move(request), std::move(body));
    return origin;
}

Origin FakeWorld::send_from_page(std::string body)
{
    Request request;
    request.from_page = true;
    return send(std::move(body), std::move(request));
}

void FakeWorld::receive(Origin origin, Request request, std::string body)
{
    auto parsed = parse_batch(std::move(body));
    if (auto const* const failure = std::get_if<ParseError>(&parsed))
        throw Failure("expected a message or an array of them to send: " + failure->reason);
    Outbox out;
    engine_.receive(origin, std::move(request), std::get<Batch>(std::move(parsed)), now_, out);
    take(out);
}

std::optional<Answer> FakeWorld::answer(Origin origin)
{
    auto& answers = answers_[origin.value];
    if (answers.empty())
        return std::nullopt;
    auto answer = std::move(answers.front());
    answers.pop_front();
    return answer;
}

Origin FakeWorld::request(
    std::string method, std::string target, std::vector<Header> headers, std::string body)
{
    Origin const origin{++last_origin_};
    waiting_.insert(origin.value);
    Request request;
    request.peer = "192.0.2.1:3";
    request.kept_head = std::make_shared<RequestHead const>(
        std::move(method), std::move(target), std::move(headers));
    Outbox out;
    engine_.request(origin, std::move(request), std::move(body), now_, out);
    take(out);
    return origin;
}

std::optional<WebReply> FakeWorld::web_answer(Origin origin)
{
    auto found = web_answers_.extract(origin.value);
    return found.empty() ? std::nullopt : std::optional(std::move(found.mapped()));
}

Origin FakeWorld::open_socket()
{
    Origin const origin{++last_origin_};
    streams_.insert(origin.value);
    return origin;
}

void FakeWorld::send_on(Origin socket, std::string body)
{
    Request request;
    request.transport = Transport::websocket;
    request.peer = "192.0.2.1:2";
    receive(socket, std::move(request), std::move(body));
}

Origin FakeWorld::open_stream(std::string_view client_id, std::string browser_id)
{
    auto const origin = open_socket();
    Request request;
    request.transport = Transport::eventsource;
    request.browser_id = std::move(browser_id);
    Outbox out;
    engine_.open_stream(origin, std::move(request), client_id, now_, out);
    take(out);
    return origin;
}

void FakeWorld::link_ready(Origin origin)
{
    Outbox out;
    engine_.link_ready(origin, now_, out);
    take(out);
}

Answer FakeWorld::answered(Origin origin)
{
    auto got = answer(origin);
    if (!got)
        throw Failure("expected an answer to the request, none has come");
    return std::move(*got);
}

Answer FakeWorld::exchange(std::string body, std::string browser_id)
{
    auto const description = body;
    auto got = answer(send(std::move(body), std::move(browser_id)));
    if (!got)
        throw Failure("expected an answer at once, none has come to " + description);
    return std::move(*got);
}

void FakeWorld::lose(Origin origin)
{
    if (waiting_.erase(origin.value) > 0)
        lost_.insert(origin.value);
    Outbox out;
    engine_.connection_lost(origin, now_, out);
    take(out);
}

void FakeWorld::resolve(Pending pending, Decision decision)
{
    Outbox out;
    engine_.resolve(pending, std::move(decision), now_, out);
    take(out);
}

void FakeWorld::shutdown(Duration interval)
{
    Outbox out;
    engine_.shutdown(interval, now_, out);
    take(out);
}

void FakeWorld::undelivered(Answer const& answer)
{
    auto const& messages = answer.reply.messages;
    std::erase_if(received_[answer.reply.client_id], [&](FrozenMessage const& message) {
        return std::find(messages.begin(), messages.end(), message) != messages.end();
    });
    Outbox out;
    engine_.undelivered(answer.reply, now_, out);
    take(out);
}

std::size_t FakeWorld::logged(std::string_view text) const
{
    return static_cast<std::size_t>(std::count_if(log_.begin(), log_.end(),
        [&](LogEvent const& event) { return event.text.find(text) != std::string::npos; }));
}

void FakeWorld::do_tasks()
{
    while (!workers_.tasks.empty()) {
        auto const task = std::move(workers_.tasks.front());
        workers_.tasks.pop_front();
        Outbox out;
        engine_.run(task, now_, out);
        take(out);
    }
}

void FakeWorld::finish_background()
{
    while (!workers_.jobs.empty()) {
        auto const job = std::move(workers_.jobs.front());
        workers_.jobs.pop_front();
        job();
        do_tasks();
    }
}

void FakeWorld::pass(Duration duration)
{
    do_tasks();
    auto const end = now_ + duration;
    for (;;) {
        auto const next = engine_.next_deadline();
        now_ = next ? std::clamp(*next, now_, end) : end;
        Outbox out;
        engine_.tick(now_, out);
        take(out);
        if (now_ == end)
            return;
    }
}

json::array FakeWorld::take_received(std::string const& client_id, std::string_view channel)
{
    json::array all;
    std::erase_if(received_[client_id], [&](FrozenMessage const& message) {
        if (message->channel != channel)
            return false;
        auto const parsed = json::parse(message->json);
        if (auto const* const data = parsed.as_object().if_contains("data"))
            all.push_back(*data);
        return true;
    });
    return all;
}

void FakeWorld::take(Outbox& out)
{
    for (auto& event : out.logs)
        log_.push_back(std::move(event));
    for (auto const& reply : out.replies) {
        Answer answer;
        answer.ok = reply.ok;
        answer.status = reply.ok ? 200 : reply.error_status;
        answer.set_browser_id = reply.set_browser_id;
        answer.reply = reply;
        if (reply.ok) {
            append_body(answer.text, reply);
            answer.body = json::parse(answer.text).as_array();
        }
        bool const lost = lost_.erase(reply.origin.value) > 0;
        if (waiting_.erase(reply.origin.value) == 0 && !lost &&
            !streams_.contains(reply.origin.value))
            throw Failure("expected one answer to each request, got another: " + shown(answer));
        if (!lost) {
            auto& received = received_[reply.client_id];
            received.insert(received.end(), reply.messages.begin(), reply.messages.end());
        }
        answers_[reply.origin.value].push_back(std::move(answer));
    }
    for (auto& [origin, reply] : out.web_answers) {
        if (waiting_.erase(origin.value) == 0)
            throw Failure("expected one answer to each request, got another: " + reply.body);
        web_answers_.emplace(origin.value, std::move(reply));
    }
    for (auto const& reply : out.replies)
        if (reply.more)
            link_ready(reply.origin);
}

FakeClient::FakeClient(FakeWorld& world, Cookies cookies, std::string_view more)
    : world_(world), cookies_(cookies)
{
    begin(more);
}

FakeClient::FakeClient(FakeWorld& world, FakeClient const& same_browser)
    : world_(world), browser_id_(same_browser.browser_id_)
{
    begin({});
}

void FakeClient::begin(std::string_view more)
{
    auto body = std::string(R"({"channel":"/meta/handshake","id":"0")");
    auto const origin = send(body.append(more.empty() ? "" : ",").append(more) + '}');
    if (world_.waits(origin))
        world_.finish_background();
    auto const handshake = world_.answered(origin);
    if (!handshake.error().empty())
        throw Failure("expected a session, got " + handshake.text);
    id_ = handshake.on("/meta/handshake").at("clientId").as_string().c_str();
    if (cookies_ == Cookies::keep && !handshake.set_browser_id.empty())
        browser_id_ = handshake.set_browser_id;
    exchange(message("/meta/connect"));
}

std::string FakeClient::message(std::string_view channel, std::string_view more)
{
    auto text = std::string(R"({"channel":")").append(channel);
    text.append(R"(","clientId":")").append(id_).append(R"(","id":")");
    text.append(std::to_string(++last_id_)).append(R"(")");
    if (!more.empty())
        text.append(",").append(more);
    return text += '}';
}

Answer FakeClient::subscribe(std::string_view channel)
{
    return exchange(message(
        "/meta/subscribe", std::string(R"("subscription":")").append(channel).append(R"(")")));
}

Answer FakeClient::unsubscribe(std::string_view channel)
{
    return exchange(message(
        "/meta/unsubscribe", std::string(R"("subscription":")").append(channel).append(R"(")")));
}

Answer FakeClient::publish(std::string_view channel, std::string_view data)
{
    return exchange(message(channel, std::string(R"("data":)").append(data)));
}

json::array FakeClient::received(std::string_view channel)
{
    world_.pass(Duration(0));
    if (!world_.waits(last_connect_)) // a held connect has brought everything already
        poll();
    return world_.take_received(id_, channel);
}

Origin FakeClient::connect(std::string_view more)
{
    return last_connect_ = send(message("/meta/connect", more));
}

Answer FakeClient::poll()
{
    return exchange(message("/meta/connect", R"("advice":{"timeout":0})"));
}

} // namespace bayeux::testing
