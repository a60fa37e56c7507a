// Services that throw, block, or never answer, in a server with connections.

#include "bayeux/service.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <stdexcept>
#include <string>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

namespace {

struct Gate {
    std::promise<void> reached;
    std::promise<void> opened;

    void pass()
    {
        reached.set_value();
        opened.get_future().wait();
    }
};

class Troubled : public BayeuxService {
public:
    Troubled(ServiceContext& context, Gate& gate) : BayeuxService(context, "troubled"), gate_(gate)
    {
        on("/service/throws", &Troubled::throws);
        on("/service/throws/anything", &Troubled::throws_anything);
        on("/service/blocks", &Troubled::blocks);
        on("/service/works", &Troubled::works);
        on("/service/silent", &Troubled::decides_later);
        on_request("/silent/", &Troubled::keeps);
    }

private:
    void throws(Session&, Message const&) { throw std::runtime_error("cannot"); }
    void throws_anything(Session&, Message const&) { throw 1; }
    void blocks(Session&, Message const&) { gate_.pass(); }
    void works(Session&, Message const&)
    {
        in_background([this] { gate_.pass(); }, [] {});
    }
    Decision decides_later(Incoming&) { return Decision::later(); }
    void keeps(WebRequest request) { kept_.push_back(std::move(request)); }

    Gate& gate_;
    std::vector<WebRequest> kept_;
};

struct Fixture {
    Gate gate; // outlives the server

    std::unique_ptr<RunningServer> server(server::Options const& options)
    {
        return std::make_unique<RunningServer>(options, [this](Engine& engine) {
            engine.install(std::make_unique<Troubled>(engine.context(), gate));
        });
    }
};

std::string both(std::string const& first, std::string const& second)
{
    return first.substr(0, first.size() - 1) + ',' + second.substr(1);
}

} // namespace

BOOST_DATA_TEST_CASE_F(
    Fixture, a_service_that_throws_harms_its_message_only, io_thread_counts, io_threads)
{
    auto const running = server(with_io_threads(io_threads));
    auto client = running->client();
    TestSession const session(client);
    client.post(session.subscribe("/a"));
    for (auto const* const channel : {"/service/throws", "/service/throws/anything"}) {
        auto const messages =
            client.post(both(session.publish(channel, "1"), session.publish("/a", "2"))).messages();
        BOOST_TEST(data_on("/a", messages) == "2");
        BOOST_TEST(is_successful(messages.back()));
    }
}

BOOST_DATA_TEST_CASE_F(
    Fixture, a_service_that_blocks_holds_up_all_but_loses_nothing, io_thread_counts, io_threads)
{
    auto const running = server(with_io_threads(io_threads));
    auto reader = running->client();
    TestSession const session(reader);
    reader.post(session.subscribe("/a"));
    auto blocker = running->client();
    TestSession const blocking(blocker);
    auto writer = running->client();
    TestSession const publishing(writer);
    blocker.send(post_request(blocking.publish("/service/blocks", "1")));
    gate.reached.get_future().wait();
    reader.send(post_request(session.connect()));
    writer.send(post_request(publishing.publish("/a", "1")));
    BOOST_TEST(!writer.has_more(100ms));
    gate.opened.set_value();
    BOOST_TEST(is_successful(blocker.read().messages().at(0)));
    BOOST_TEST(is_successful(writer.read().messages().at(0)));
    BOOST_TEST(data_on("/a", reader.read().messages()) == "1");
}

BOOST_DATA_TEST_CASE_F(
    Fixture, work_in_the_background_holds_up_nobody, io_thread_counts, io_threads)
{
    auto const running = server(with_io_threads(io_threads));
    auto client = running->client();
    TestSession const session(client);
    BOOST_TEST(is_successful(client.post(session.publish("/service/works", "1")).messages().at(0)));
    gate.reached.get_future().wait();
    BOOST_TEST(is_successful(client.post(session.publish("/a", "1")).messages().at(0)));
    gate.opened.set_value();
}

BOOST_DATA_TEST_CASE_F(
    Fixture, a_service_that_never_answers_is_answered_for, io_thread_counts, io_threads)
{
    auto options = with_io_threads(io_threads);
    options.engine.decision_timeout = 100ms;
    auto const running = server(options);
    auto client = running->client();
    TestSession const session(client);
    auto const reply = client.post(session.publish("/service/silent", "1")).messages().at(0);
    BOOST_TEST(!is_successful(reply));
    auto web = running->client();
    web.send("GET /silent/x HTTP/1.1\r\nHost: t\r\n\r\n");
    BOOST_TEST(web.read().status == 504);
    BOOST_TEST(is_successful(client.post(session.publish("/a", "1")).messages().at(0)));
}
