#include "server/worker_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>
#include <thread>

using namespace bayeux::server;

BOOST_AUTO_TEST_CASE(work_is_done_on_another_thread)
{
    std::promise<std::thread::id> done; // before the pool, whose end waits for the work
    WorkerPool pool(1, 10, [](auto const&) {});
    BOOST_TEST(pool.run([&] { done.set_value(std::this_thread::get_id()); }));
    BOOST_TEST((done.get_future().get() != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(no_more_work_waits_than_is_allowed)
{
    std::promise<void> begun;
    std::promise<void> go_on;
    WorkerPool pool(1, 2, [](auto const&) {});
    BOOST_TEST(pool.run([&] {
        begun.set_value();
        go_on.get_future().wait();
    }));
    begun.get_future().wait(); // so that it waits no more
    BOOST_TEST(pool.run([] {}));
    BOOST_TEST(pool.run([] {}));
    BOOST_TEST(!pool.run([] {}));
    go_on.set_value();
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_work_under_way_and_lets_nothing_through_later)
{
    int posted = 0;
    WorkerPool pool(1, 10, [&](auto const&) { ++posted; });
    std::promise<void> begun;
    std::promise<void> go_on;
    BOOST_TEST(pool.run([&] {
        begun.set_value();
        go_on.get_future().wait();
        pool.post([] {});
    }));
    begun.get_future().wait();
    BOOST_TEST(!pool.wait(bayeux::Duration(1)));
    std::thread ending([&] { pool.stop(); });
    go_on.set_value();
    ending.join();
    BOOST_TEST(posted == 1);
    pool.post([] {}); // by a service that is still there
    BOOST_TEST(posted == 1);
}

BOOST_AUTO_TEST_CASE(the_end_drops_what_has_not_begun_and_what_comes_later)
{
    WorkerPool pool(1, 10, [](auto const&) {});
    std::promise<void> begun;
    std::promise<void> go_on;
    BOOST_TEST(pool.run([&] {
        begun.set_value();
        go_on.get_future().wait();
    }));
    begun.get_future().wait();
    auto held = std::make_shared<int>();
    std::weak_ptr const watched = held;
    pool.run([held = std::move(held)] {});
    std::thread ending([&] { pool.stop(); });
    go_on.set_value();
    ending.join();
    BOOST_TEST(watched.expired());
    int done = 0;
    pool.run([&] { ++done; });
    pool.stop();
    BOOST_TEST(done == 0);
}
