// The server in a process with real sockets, all in the engine's loop and with I/O threads.

#include "bayeux/service.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"
#include "tests/websocket_driver.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view handshake = R"([{"channel":"/meta/handshake","version":"1.0",)"
                                       R"("supportedConnectionTypes":["long-polling"]}])";

/// The numbers from `first` to before `end` as data_on() shows them.
std::string numbers(int first, int end)
{
    std::string all;
    for (auto n = first; n < end; ++n)
        all += (all.empty() ? "" : " ") + std::to_string(n);
    return all;
}

/// What the next poll with messages brings.
std::string next_data(TestClient& client, TestSession const& session, std::string_view channel)
{
    for (;;)
        if (auto data = data_on(channel, client.post(session.connect()).messages()); !data.empty())
            return data;
}

/// Tells what it knows of the first session.
class Doorman : public BayeuxService {
public:
    Doorman(ServiceContext& context, std::promise<std::string>& seen)
        : BayeuxService(context, "doorman"), seen_(seen)
    {
        context.need_request_heads();
    }

private:
    void session_added(Session& session, Message const&) override
    {
        seen_.set_value(std::string(session.user_agent()));
    }

    std::promise<std::string>& seen_;
};

/// The user agent that a service sees when a client sends `bytes`.
std::string user_agent_seen(std::size_t io_threads, std::string_view bytes)
{
    std::promise<std::string> seen;
    RunningServer const server(with_io_threads(io_threads), [&seen](Engine& engine) {
        engine.install(std::make_unique<Doorman>(engine.context(), seen));
    });
    auto client = server.client();
    client.send(bytes);
    return seen.get_future().get();
}

} // namespace

namespace {

/// Answers HTTP requests, those to /answers/later/ when another one comes to /answers/go.
class Answers : public BayeuxService {
public:
    explicit Answers(ServiceContext& context) : BayeuxService(context, "answers")
    {
        on_request("/answers/", &Answers::now);
        on_request("/answers/later/", &Answers::later);
        on_request("/answers/go", &Answers::go);
    }

private:
    void now(WebRequest request)
    {
        request.answer({200, {{"X-Local", request.request().local_address}}, request.body()});
    }
    void later(WebRequest request) { open_.push_back(request); }
    /// Tells how many of those that wait have gone.
    void go(WebRequest request)
    {
        auto const gone = std::ranges::count_if(open_, &WebRequest::gone);
        for (auto const& waiting : open_)
            waiting.answer(WebReply::text(200, "later"));
        request.answer({200, {}, std::to_string(gone) + " of " + std::to_string(open_.size())});
        open_.clear();
    }

    std::vector<WebRequest> open_;
};

void install_answers(Engine& engine)
{
    engine.install(std::make_unique<Answers>(engine.context()));
}

std::string get(std::string_view path)
{
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

} // namespace

BOOST_DATA_TEST_CASE(a_service_answers_http_requests, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads), install_answers);
    auto client = server.client();
    client.send("PUT /answers/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" +
                get("/answers/later/") + get("/answers/x"));
    auto const first = client.read();
    BOOST_TEST(first.status == 200);
    BOOST_TEST(first.body == "hello");
    BOOST_TEST(first.has("X-Local: 127.0.0.1:" + std::to_string(server.port())));
    auto other = server.client();
    while (other.send(get("/answers/go")), other.read().body != "0 of 1") {
    }
    BOOST_TEST(client.read().body == "later\n");
    BOOST_TEST(client.read().status == 200);
}

BOOST_DATA_TEST_CASE(a_service_knows_when_nobody_waits_for_its_answer, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads), install_answers);
    auto client = server.client();
    client.send(get("/answers/") + get("/answers/later/"));
    client.read();
    client.close();
    server.settle();
    auto other = server.client();
    other.send(get("/answers/go"));
    BOOST_TEST(other.read().body == "1 of 1");
}

BOOST_DATA_TEST_CASE(a_service_reads_the_heads_of_requests, io_thread_counts, io_threads)
{
    BOOST_TEST(
        user_agent_seen(io_threads, post_request(handshake, "User-Agent: poller\r\n")) == "poller");
}

BOOST_DATA_TEST_CASE(a_service_reads_the_head_that_opened_a_websocket, io_thread_counts, io_threads)
{
    auto const bytes = "GET /cometd HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                       "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "User-Agent: socket\r\n\r\n" +
                       server::client_text(handshake);
    BOOST_TEST(user_agent_seen(io_threads, bytes) == "socket");
}

BOOST_DATA_TEST_CASE(connections_are_served_at_the_same_time, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto const converse = [&server](int number) {
        auto client = server.client();
        TestSession const session(client);
        client.post(session.subscribe("/own/" + std::to_string(number)));
        std::string heard;
        for (int n = 0; n < 20; ++n) {
            auto const answer =
                client.post(session.publish("/own/" + std::to_string(number), std::to_string(n)));
            heard += data_on("/own/" + std::to_string(number), answer.messages()) + ' ';
        }
        return std::pair(session.id(), heard);
    };
    std::vector<std::future<std::pair<std::string, std::string>>> running;
    for (int number = 0; number < 8; ++number)
        running.push_back(std::async(std::launch::async, converse, number));
    std::set<std::string> ids;
    for (auto& each : running) {
        auto const [id, heard] = each.get();
        ids.insert(id);
        BOOST_TEST(heard == numbers(0, 20) + ' ');
    }
    BOOST_TEST(ids.size() == running.size());
}

BOOST_DATA_TEST_CASE(
    every_held_poll_gets_each_message_once_and_in_order, io_thread_counts, io_threads)
{
    constexpr int count = 300;
    RunningServer const server(with_io_threads(io_threads));
    std::vector<std::future<std::string>> listening;
    std::vector<std::promise<void>> subscribed(6);
    for (auto& ready : subscribed)
        listening.push_back(std::async(std::launch::async, [&server, &ready] {
            auto client = server.client();
            TestSession const session(client);
            client.post(session.subscribe("/news"));
            ready.set_value();
            std::string heard;
            while (!heard.ends_with(std::to_string(count - 1)))
                heard += (heard.empty() ? "" : " ") + next_data(client, session, "/news");
            return heard;
        }));
    for (auto& ready : subscribed)
        ready.get_future().get();

    auto publisher = server.client();
    TestSession const session(publisher);
    // The first hundred one by one, the rest as fast as they go.
    for (int n = 0; n < 100; ++n)
        publisher.post(session.publish("/news", std::to_string(n)));
    std::string pipeline;
    for (int n = 100; n < count; ++n)
        pipeline += post_request(session.publish("/news", std::to_string(n)));
    publisher.send(pipeline);
    for (int n = 100; n < count; ++n)
        BOOST_TEST(publisher.read().status == 200);
    for (auto& each : listening)
        BOOST_TEST(each.get() == numbers(0, count));
}

namespace {

/// Adds up on other threads: those of the server, and one of its own.
class Adder : public BayeuxService {
public:
    explicit Adder(ServiceContext& context) : BayeuxService(context, "adder")
    {
        on_call("add", [this](RemoteCall call) {
            auto const n = Fields(call.message()).integer("n");
            in_background(
                [n] { return n + 1; }, [call](std::int64_t sum) mutable { call.result(sum); });
        });
        on_call("add-on-own-thread", [this](RemoteCall call) {
            auto const n = Fields(call.message()).integer("n");
            threads_.emplace_back([this, n, answer = std::make_shared<RemoteCall>(call)]() mutable {
                auto const sum = n + 1;
                this->context().post(
                    [sum, kept = std::move(answer)]() mutable { kept->result(sum); });
            });
        });
    }
    ~Adder() override
    {
        for (auto& thread : threads_)
            thread.join();
    }

private:
    std::vector<std::thread> threads_;
};

} // namespace

BOOST_DATA_TEST_CASE(what_other_threads_have_found_reaches_clients, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads),
        [](Engine& engine) { engine.install(std::make_unique<Adder>(engine.context())); });
    auto client = server.client();
    TestSession const session(client);
    for (std::string const channel : {"/service/add", "/service/add-on-own-thread"}) {
        for (int n = 0; n < 20; ++n) {
            client.post(session.publish(channel, R"({"n":)" + std::to_string(n) + "}"));
            BOOST_TEST(next_data(client, session, channel) == std::to_string(n + 1));
        }
    }
}

BOOST_DATA_TEST_CASE(messages_for_a_poll_whose_connection_was_dropped_come_with_the_next_poll,
    io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto listener = server.client();
    TestSession const listening(listener);
    listener.post(listening.subscribe("/news"));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    for (int n = 0; n < 50; ++n) {
        auto dropped = server.client();
        dropped.send(post_request(listening.connect()));
        server.settle();
        n % 2 == 0 ? dropped.close() : dropped.reset();
        BOOST_TEST(publisher.post(publishing.publish("/news", std::to_string(n))).status == 200);
        BOOST_TEST(next_data(listener, listening, "/news") == std::to_string(n));
    }
}

BOOST_DATA_TEST_CASE(
    requests_behind_a_held_poll_are_answered_after_it, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto client = server.client();
    TestSession const session(client);
    client.post(session.subscribe("/news"));
    client.send(post_request(session.connect()) + std::string(options_request) +
                post_request(session.publish("/other", "1")) + std::string(options_request));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    BOOST_TEST(!client.has_more(100ms));
    publisher.post(publishing.publish("/news", "1"));

    auto const poll = client.read().messages();
    BOOST_TEST(data_on("/news", poll) == "1");
    BOOST_TEST(poll.back().as_object().at("channel").as_string() == "/meta/connect");
    BOOST_TEST(client.read().body.empty());
    BOOST_TEST(client.read().messages().back().as_object().at("channel").as_string() == "/other");
    BOOST_TEST(client.read().body.empty());
}

BOOST_DATA_TEST_CASE(clients_that_come_and_go_leave_nothing_behind, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.max_connections = 64;
    RunningServer const server(options);
    auto const come_and_go = [&server] {
        for (int n = 0; n < 150; ++n) {
            auto client = server.client();
            switch (n % 5) {
            case 0:
                break;
            case 1:
                client.send(post_request(handshake).substr(0, 40));
                break;
            case 2:
                client.send(post_request(handshake));
                break;
            case 3: {
                TestSession const session(client);
                client.send(post_request(session.connect()));
                break;
            }
            default:
                client.send(options_request);
                client.read();
            }
            n % 2 == 0 ? client.close() : client.reset();
        }
    };
    std::vector<std::future<void>> running;
    for (int i = 0; i < 4; ++i)
        running.push_back(std::async(std::launch::async, come_and_go));
    for (auto& each : running)
        each.get();
    // All places are free again.
    std::vector<TestClient> clients;
    for (int i = 0; i < 64; ++i)
        clients.push_back(server.client());
    for (auto& client : clients)
        BOOST_TEST(client.post(handshake).status == 200);
}

BOOST_DATA_TEST_CASE(a_client_that_has_ended_its_sending_is_answered, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    for (int n = 0; n < 20; ++n) {
        auto client = server.client();
        client.send(post_request(handshake));
        client.end_sending();
        BOOST_TEST(client.read().status == 200);
        BOOST_TEST(client.drain() == 0U);
    }
    auto client = server.client();
    client.send(post_request(handshake) + std::string(options_request) + post_request(handshake));
    client.end_sending();
    for (int n = 0; n < 3; ++n)
        BOOST_TEST(client.read().status == 200);
    BOOST_TEST(client.drain() == 0U);
}

BOOST_DATA_TEST_CASE(a_poll_ends_with_its_clients_sending, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto client = server.client();
    TestSession const session(client);
    client.send(post_request(session.connect()));
    client.end_sending();
    BOOST_TEST(client.drain() == 0U);

    auto pipelining = server.client();
    pipelining.send(post_request(session.publish("/news", "1")) + post_request(session.connect()));
    pipelining.end_sending();
    BOOST_TEST(pipelining.read().status == 200);
    BOOST_TEST(pipelining.drain() == 0U);
}

BOOST_DATA_TEST_CASE(a_long_answer_reaches_a_slow_reader_whole, io_thread_counts, io_threads)
{
    constexpr std::size_t size = 5'000'000;
    auto options = with_io_threads(io_threads);
    options.max_message_size = 2 * size;
    RunningServer const server(options);
    TestClient reader(server.port(), TestClient::ReceiveBuffer{8'192});
    TestSession const session(reader);
    reader.post(session.subscribe("/long"));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    publisher.post(publishing.publish("/long", '"' + std::string(size, 'a') + '"'));
    // What comes behind waits until the long answer has been sent.
    reader.send(post_request(session.connect()) + std::string(options_request));
    auto const messages = reader.read().messages();
    BOOST_TEST(messages.size() == 2U);
    BOOST_TEST(data_on("/long", messages).size() == size + 2);
    BOOST_TEST(reader.read().status == 200);
}

BOOST_DATA_TEST_CASE(
    the_last_answer_arrives_although_the_client_goes_on_sending, io_thread_counts, io_threads)
{
    RunningServer const server(with_io_threads(io_threads));
    auto client = server.client();
    TestSession const session(client);
    client.post(session.subscribe("/long"));
    auto publisher = server.client();
    TestSession const publishing(publisher);
    publisher.post(publishing.publish("/long", '"' + std::string(900'000, 'a') + '"'));

    client.send(post_request(session.connect(), "Connection: close\r\n"));
    std::string const more(100'000, 'x');
    for (int n = 0; n < 20; ++n)
        client.send_some(more);
    auto const response = client.read();
    BOOST_TEST(response.has("Connection: close"));
    BOOST_TEST(response.body.size() > 900'000U);
    client.send_some(more);
    BOOST_TEST(client.drain() == 0U);
}
