#include "bayeux/remote_call.hpp"
#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 10

namespace {

class Desk : public BayeuxService {
public:
    explicit Desk(ServiceContext& context) : BayeuxService(context, "desk")
    {
        on_call("sum", &Desk::sum);
        on_call("later", &Desk::keep);
        on_call("raw", &Desk::raw);
        on_call("bytes", &Desk::bytes);
        on_call("any/*", &Desk::keep);
    }

    std::vector<RemoteCall> kept;

private:
    boost::json::value sum(Session& caller, Message const& message)
    {
        auto const data = message.data();
        if (data.is_null())
            throw CallFailure(boost::json::object{{"missing", "numbers"}});
        std::int64_t all = 0;
        for (auto const& number : data.as_array())
            all += number.as_int64();
        caller.deliver("/seen", all);
        return {{"sum", all}};
    }
    void keep(RemoteCall call) { kept.push_back(std::move(call)); }
    void raw(RemoteCall call)
    {
        call.result_json(call.message().data_text());
        throw std::runtime_error("after the answer");
    }
    void bytes(RemoteCall call)
    {
        if (auto const binary = binary_data(call.message()))
            call.result(BinaryData{binary->bytes + "\x02", false, binary->meta});
    }
};

struct Fixture {
    FakeWorld world;
    Desk& desk = install(world);
    FakeClient client{world};

    static Desk& install(FakeWorld& world)
    {
        auto made = std::make_unique<Desk>(world.context());
        auto& desk = *made;
        world.engine().install(std::move(made));
        return desk;
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_value_that_a_handler_returns_is_the_result, Fixture)
{
    BOOST_TEST(client.publish("/service/sum", "[1,2]").text ==
               R"([{"channel":"/seen","data":3},)"
               R"({"channel":"/service/sum","data":{"sum":3},"successful":true,"id":"2"},)"
               R"({"channel":"/service/sum","id":"2","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(a_call_failure_that_is_thrown_is_the_failure, Fixture)
{
    BOOST_TEST(
        client.exchange(client.message("/service/sum")).text ==
        R"([{"channel":"/service/sum","data":{"missing":"numbers"},"successful":false,"id":"2"},)"
        R"({"channel":"/service/sum","id":"2","successful":true}])");
    BOOST_TEST(world.engine().statistics().handler_failures == 0U);
}

BOOST_FIXTURE_TEST_CASE(anything_else_that_is_thrown_is_logged_and_fails_the_call, Fixture)
{
    BOOST_TEST(client.publish("/service/sum", R"(["x"])").text ==
               R"([{"channel":"/service/sum","data":"service failed","successful":false,"id":"2"},)"
               R"({"channel":"/service/sum","id":"2","successful":true}])");
    BOOST_TEST(world.logged("service desk on /service/sum: ") == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_first_answer_counts, Fixture)
{
    BOOST_TEST(client.publish("/service/raw", "{ }").data("/service/raw").size() == 1U);
    client.publish("/service/later", "1");
    auto copy = desk.kept.at(0);
    copy.result(1);
    desk.kept.at(0).failure(2);
    copy.result(3);
    world.pass(0ms);
    BOOST_TEST(client.poll().data("/service/later") == boost::json::array{1});
}

BOOST_FIXTURE_TEST_CASE(json_text_is_the_result_as_it_is, Fixture)
{
    BOOST_TEST(
        client.publish("/service/raw", "{ \"n\" : 1e400 }")
            .text.starts_with(
                R"([{"channel":"/service/raw","data":{ "n" : 1e400 },"successful":true,"id":"2"},)"));
}

BOOST_FIXTURE_TEST_CASE(a_call_may_be_answered_later, Fixture)
{
    BOOST_TEST(client.publish("/service/later", R"("x")").text ==
               R"([{"channel":"/service/later","id":"2","successful":true}])");
    auto const connect = client.connect();
    world.pass(5s);
    auto& call = desk.kept.at(0);
    BOOST_TEST(call.caller()->id() == client.id());
    BOOST_TEST(call.message().data_text() == R"("x")");
    call.failure("closed");
    world.pass(0ms);
    BOOST_TEST(world.answered(connect).text ==
               R"([{"channel":"/service/later","data":"closed","successful":false,"id":"2"},)"
               R"({"channel":"/meta/connect","id":"3","successful":true}])");
}

BOOST_FIXTURE_TEST_CASE(an_answer_to_a_session_that_has_ended_is_dropped, Fixture)
{
    client.publish("/service/later", "1");
    client.disconnect();
    BOOST_TEST(desk.kept.at(0).caller() == nullptr);
    desk.kept.at(0).result(1);
    world.pass(0ms);
    BOOST_TEST(world.engine().statistics().messages_queued == 0U);
}

BOOST_FIXTURE_TEST_CASE(bytes_are_answered_with_bytes, Fixture)
{
    auto const answer = client.exchange(
        client.message("/service/bytes", R"("ext":{"binary":{}},"data":{"data":"00","meta":7})"));
    BOOST_TEST(answer.text.starts_with(
        R"([{"channel":"/service/bytes","data":{"data":"00i","last":false,"meta":7},)"
        R"("ext":{"binary":{}},"successful":true,"id":"2"},)"));
}

BOOST_FIXTURE_TEST_CASE(a_target_may_be_wild, Fixture)
{
    client.publish("/service/any/thing", "1");
    desk.kept.at(0).result(2);
    world.pass(0ms);
    BOOST_TEST(client.poll().data("/service/any/thing") == boost::json::array{2});
}

BOOST_FIXTURE_TEST_CASE(a_call_without_an_id_is_answered_without_one, Fixture)
{
    auto const answer = client.exchange(
        R"({"channel":"/service/raw","clientId":")" + client.id() + R"(","data":1})");
    BOOST_TEST(
        answer.text.starts_with(R"([{"channel":"/service/raw","data":1,"successful":true},)"));
}
