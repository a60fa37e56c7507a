#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// ServiceContext::in_background() and post()

namespace {

/// Looks names up where it takes time.
class Library : public BayeuxService {
public:
    explicit Library(ServiceContext& context) : BayeuxService(context, "library")
    {
        on_call("find", &Library::find);
        on("/service/read", &Library::read);
        on("/lent/{book}", &Library::lend);
    }
    std::string said;

private:
    void find(RemoteCall call)
    {
        auto name = Fields(call.message()).text("name");
        in_background(
            [name] {
                if (name == "lost")
                    throw std::runtime_error("nowhere");
                return "shelf of " + name;
            },
            [call](std::string const& shelf) mutable { call.result(shelf); });
    }
    void read(Session& from, Message const&)
    {
        in_background(
            from, [page = std::make_unique<std::string>("page")] { return *page; },
            [this](Session& reader, std::string const& page) {
                said += page;
                reader.deliver("/page", page);
            });
    }
    Decision lend(Incoming& in)
    {
        in_background([book = in.parameters.at("book")] { return book != "rare"; },
            [this, pending = in.pending](bool free) {
                context().resolve(pending, free ? Decision::allow() : Decision::deny());
            },
            [this, pending = in.pending](
                std::exception_ptr const&) { context().resolve(pending, Decision::deny()); });
        return Decision::later();
    }
};

struct Fixture {
    FakeWorld world;
    Library& library = world.install<Library>();
    FakeClient client{world};
};

} // namespace

BOOST_AUTO_TEST_CASE(what_work_holds_is_destroyed_on_the_engines_thread)
{
    struct : Workers {
        bool run(std::function<void()> job) override
        {
            std::exchange(job, nullptr)(); // as another thread does it, and forgets it
            return true;
        }
        void post(std::function<void()> task) override { posted = std::move(task); }
        std::function<void()> posted;
    } workers;
    Engine engine(EngineOptions(), [] { return 1U; });
    engine.set_workers(workers);
    auto held = std::make_shared<int>();
    std::weak_ptr const watched = held;
    engine.context().in_background([held = std::move(held)] {}, [] {});
    BOOST_TEST(!watched.expired());
    Outbox out;
    engine.run(std::exchange(workers.posted, nullptr), Instant(), out);
    BOOST_TEST(watched.expired());
}

BOOST_AUTO_TEST_CASE(work_for_a_session_that_never_began_has_no_end)
{
    FakeWorld world;
    bool told = false;
    world.context().channel("/meta/handshake").add_listener("test", [&](Incoming& in) {
        world.context().in_background(
            in.sender(), [] { throw std::runtime_error("no luck"); }, [](Session&) {},
            [&](std::exception_ptr const&) { told = true; });
        return Decision::deny();
    });
    world.exchange(R"({"channel":"/meta/handshake"})");
    world.finish_background();
    BOOST_TEST(!told);
}

BOOST_FIXTURE_TEST_CASE(work_in_the_background_comes_back_to_the_engine, Fixture)
{
    client.publish("/service/find", R"({"name":"ada"})");
    auto const connect = client.connect();
    BOOST_TEST(world.background_size() == 1U);
    BOOST_TEST(world.waits(connect));
    world.finish_background();
    BOOST_TEST(world.answered(connect).on("/service/find") ==
               (boost::json::object{{"channel", "/service/find"}, {"data", "shelf of ada"},
                   {"id", "2"}, {"successful", true}}));
    BOOST_TEST(world.engine().statistics().jobs_done == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_call_whose_work_throws_fails, Fixture)
{
    client.publish("/service/find", R"({"name":"lost"})");
    world.finish_background();
    BOOST_TEST(client.poll().on("/service/find").at("data") == "no answer");
    BOOST_TEST(world.logged("work of service library on another thread: nowhere") == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_decision_may_come_from_the_background, Fixture)
{
    auto const common = client.send(client.message("/lent/common"));
    auto const rare = client.send(client.message("/lent/rare"));
    BOOST_TEST(world.waits(common));
    world.finish_background();
    BOOST_TEST(world.answered(common).error().empty());
    BOOST_TEST(world.answered(rare).error() == "404::message_deleted");
}

BOOST_FIXTURE_TEST_CASE(work_for_a_session_is_dropped_with_it, Fixture)
{
    client.publish("/service/read", "1");
    FakeClient other(world);
    other.publish("/service/read", "1");
    client.disconnect();
    world.finish_background();
    BOOST_TEST(library.said == "page");
    BOOST_TEST(other.received("/page") == boost::json::array{"page"});
}

BOOST_FIXTURE_TEST_CASE(a_task_from_another_thread_is_done_on_the_engines, Fixture)
{
    client.subscribe("/news");
    auto const connect = client.connect();
    world.context().post([this] { world.context().publish("/news", 1); });
    world.context().post([] { throw std::runtime_error("no luck"); });
    world.pass(0ms);
    BOOST_TEST(world.answered(connect).data("/news") == boost::json::array{1});
    BOOST_TEST(world.logged("a posted task on the engine's thread: no luck") == 1U);
}

BOOST_AUTO_TEST_CASE(an_engine_without_threads_says_so)
{
    Engine engine({}, [n = std::uint64_t{0}]() mutable { return ++n; });
    BOOST_CHECK_THROW(engine.context().in_background([] {}, [] {}), std::logic_error);
    BOOST_CHECK_THROW(engine.context().post([] {}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(more_work_than_may_wait_is_refused)
{
    struct Busy : Workers {
        bool run(std::function<void()>) override { return false; }
        void post(std::function<void()>) override {}
    } busy;
    FakeWorld world;
    world.engine().set_workers(busy);
    world.install<Library>();
    FakeClient client(world);
    BOOST_TEST(
        client.publish("/service/find", R"({"name":"ada"})").on("/service/find").at("data") ==
        "service failed");
    BOOST_TEST(world.engine().statistics().jobs_refused == 1U);
    BOOST_TEST(world.logged("too much work waits in the background") == 1U);
}

BOOST_AUTO_TEST_CASE(what_waits_at_the_engines_end_is_dropped)
{
    auto held = std::make_shared<int>(1);
    std::weak_ptr<int> const seen = held;
    {
        FakeWorld world;
        world.context().in_background([] {}, [held = std::move(held)] {});
        FakeClient client(world);
        world.install<Library>();
        client.publish("/service/find", R"({"name":"ada"})");
    }
    BOOST_TEST(seen.expired());
}
