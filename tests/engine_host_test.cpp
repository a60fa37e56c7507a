// The threads of two loops are played by the test, which says which of them gets on.

#include "bayeux/service.hpp"
#include "server/engine_host.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace bayeux;
using namespace bayeux::server;

namespace {

constexpr std::string_view handshake =
    R"({"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]})";

EngineOptions that_hold(Duration timeout)
{
    EngineOptions options;
    options.timeout = timeout;
    return options;
}

/// Tells of its end.
class Held {
public:
    Held(std::vector<std::string>& told, std::string name) : told_(told), name_(std::move(name)) {}
    ~Held() { told_.push_back(name_); }
    Held(Held const&) = delete;
    Held& operator=(Held const&) = delete;

private:
    std::vector<std::string>& told_;
    std::string name_;
};

class TwoLoops {
public:
    explicit TwoLoops(EngineOptions options = {})
        : engine_(options, [number = std::uint64_t{0}]() mutable { return ++number; })
    {
        for (std::size_t index = 0; index < 2; ++index)
            host.add_loop(context[index], [this, index](LoopItems& items) {
                told.push_back("delivery");
                closes[index] = closes[index] || items.close_after_answers;
                for (auto const& reply : items.replies) {
                    append_body(got[index], reply);
                    for (auto const& message : reply.messages)
                        last_message = message;
                }
                items.web_answers.clear();
            });
        host.start();
    }

    /// The thread of loop `index` gets messages on its only connection.
    void bring(
        std::size_t index, std::string const& messages, Transport transport = Transport::websocket)
    {
        EngineItems items;
        Request request;
        request.transport = transport;
        items.emplace_back(Arrival{make_origin(index, 1), std::move(request),
            std::get<Batch>(parse_batch("[" + messages + "]"))});
        host.handle(index, items);
        BOOST_TEST(items.empty());
    }
    /// Of a new session.
    std::string client_id(std::size_t index)
    {
        bring(index, std::string(handshake));
        auto const text = std::exchange(got[index], {});
        constexpr std::string_view key = R"("clientId":")";
        auto const begin = text.find(key) + key.size();
        return text.substr(begin, text.find('"', begin) - begin);
    }
    /// With a held connect.
    std::string subscriber(std::size_t index)
    {
        auto id = client_id(index);
        auto const connect =
            R"({"channel":"/meta/connect","connectionType":"websocket","clientId":")" + id +
            R"("})";
        bring(index, connect +
                         R"(,{"channel":"/meta/subscribe","subscription":"/news","clientId":")" +
                         id + R"("})");
        bring(index, connect);
        got[index].clear();
        return id;
    }
    void publish(std::size_t index, std::string const& client_id, std::string_view news)
    {
        bring(index, R"({"channel":"/news","data":")" + std::string(news) + R"(","clientId":")" +
                         client_id + R"("})");
    }
    bool has(std::size_t index, std::string_view text) const
    {
        return got[index].find(text) != npos;
    }
    /// Lets a thread do all that it has been called for.
    void run(std::size_t index)
    {
        context[index].restart();
        context[index].poll();
    }

    void install(std::unique_ptr<BayeuxService> service) { engine_.install(std::move(service)); }
    ServiceContext& services() { return engine_.context(); }

    static constexpr auto npos = std::string::npos;
    std::vector<std::string> told; ///< what happened
    std::array<boost::asio::io_context, 2> context;

private:
    Engine engine_;
    MemoryBudget memory_{1'000'000};

public:
    EngineHost host{context[0], engine_, memory_};
    std::array<std::string, 2> got; ///< what each loop has had to send
    std::array<bool, 2> closes{};
    std::weak_ptr<FrozenMessage::element_type> last_message; ///< that was delivered
};

} // namespace

BOOST_AUTO_TEST_SUITE(engine_host)

BOOST_AUTO_TEST_CASE(a_loop_has_its_answer_without_another_thread)
{
    TwoLoops loops;
    for (std::size_t const index : {0U, 1U}) {
        loops.bring(index, std::string(handshake));
        BOOST_TEST(loops.has(index, R"("successful":true)"));
    }
}

BOOST_AUTO_TEST_CASE(what_is_for_another_loop_waits_for_its_thread)
{
    TwoLoops loops;
    auto const speaker = loops.client_id(0);
    loops.subscriber(1);
    loops.publish(0, speaker, "one");
    loops.publish(0, speaker, "two");
    BOOST_TEST(!loops.has(1, "one"));

    loops.run(1);
    BOOST_TEST(loops.got[1].find("one") < loops.got[1].find("two"));
    BOOST_TEST(loops.has(1, "two"));
}

BOOST_AUTO_TEST_CASE(messages_keep_the_engines_order_when_the_loop_itself_runs_the_engine)
{
    TwoLoops loops;
    auto const far = loops.subscriber(0);
    auto const near = loops.subscriber(1);
    loops.publish(0, far, "one");
    loops.publish(1, near, "two"); // its thread has not come to look yet
    BOOST_TEST_REQUIRE(loops.has(1, "two"));
    BOOST_TEST(loops.got[1].find("one") < loops.got[1].find("two"));

    loops.run(0);
    BOOST_TEST_REQUIRE(loops.has(0, "two"));
    BOOST_TEST(loops.got[0].find("one") < loops.got[0].find("two"));
    auto const before = loops.got;
    loops.run(1);
    BOOST_TEST(loops.got[1] == before[1]); // nothing is left, nothing comes twice
}

BOOST_AUTO_TEST_CASE(a_loop_that_waits_for_the_others_goes_on_when_they_have_delivered)
{
    TwoLoops loops;
    auto const speaker = loops.client_id(0);
    loops.subscriber(1);
    loops.publish(0, speaker, "one");
    bool resumed = false;
    loops.host.when_delivered(0, [&] { resumed = true; });
    loops.run(0);
    BOOST_TEST(!resumed);

    loops.run(1);
    BOOST_TEST(loops.has(1, "one"));
    BOOST_TEST(!resumed); // that is for its own thread
    loops.run(0);
    BOOST_TEST(resumed);
}

BOOST_AUTO_TEST_CASE(the_time_comes_on_the_first_loops_thread_for_all)
{
    TwoLoops loops(that_hold(Duration(1)));
    auto const id = loops.client_id(1);
    loops.bring(1,
        R"({"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + R"("})",
        Transport::long_polling);
    loops.got[1].clear();
    loops.bring(1,
        R"({"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + R"("})",
        Transport::long_polling);
    BOOST_TEST(loops.got[1].empty()); // held

    while (loops.got[1].empty()) {
        loops.context[0].restart();
        loops.context[0].run_one();
        loops.run(1);
    }
    BOOST_TEST(loops.has(1, "/meta/connect"));
}

BOOST_AUTO_TEST_CASE(what_other_threads_post_is_run_on_the_first_loops_thread)
{
    TwoLoops loops;
    bool done = false;
    loops.host.post([&] { done = true; });
    loops.run(1);
    BOOST_TEST(!done);
    loops.run(0);
    BOOST_TEST(done);
}

BOOST_AUTO_TEST_CASE(what_a_posted_task_holds_is_gone_before_its_answers_leave)
{
    TwoLoops loops;
    loops.subscriber(0);
    loops.told.clear();
    loops.host.post([&, held = std::make_shared<Held>(loops.told, "task")] {
        loops.services().publish("/news", "from a task");
    });
    loops.run(0);
    BOOST_TEST(loops.told == (std::vector<std::string>{"task", "delivery"}),
        boost::test_tools::per_element());
    BOOST_TEST(loops.has(0, "from a task"));
}

BOOST_AUTO_TEST_CASE(what_was_posted_too_late_ends_before_the_engine)
{
    class Service : public BayeuxService {
    public:
        Service(ServiceContext& context, std::vector<std::string>& told)
            : BayeuxService(context, "service"), held_(told, "engine")
        {}

    private:
        Held held_;
    };
    std::vector<std::string> told;
    {
        TwoLoops loops;
        loops.install(std::make_unique<Service>(loops.services(), told));
        loops.host.post([held = std::make_shared<Held>(told, "task")] {});
    }
    BOOST_TEST(
        told == (std::vector<std::string>{"task", "engine"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_that_has_been_delivered_is_not_kept)
{
    TwoLoops loops;
    auto const speaker = loops.client_id(0);
    loops.subscriber(1);
    loops.publish(0, speaker, "one");
    loops.run(1);
    BOOST_TEST(loops.last_message.expired());
}

BOOST_AUTO_TEST_CASE(at_the_end_each_loop_is_told_to_close_before_it_gets_the_last_answers)
{
    TwoLoops loops;
    loops.subscriber(0);
    loops.subscriber(1);
    bool ended = false;
    loops.host.shutdown(Duration(1'000), [&] { ended = true; });
    BOOST_TEST(loops.closes[0]);
    BOOST_TEST(loops.has(0, R"("reconnect":"handshake")"));

    loops.publish(1, "nobody", "nothing"); // its thread does something else before it comes to look
    BOOST_TEST(loops.closes[1]);
    BOOST_TEST(loops.has(1, R"("reconnect":"handshake")"));
    loops.run(0);
    BOOST_TEST(ended);
    BOOST_TEST(loops.host.statistics().sessions == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
