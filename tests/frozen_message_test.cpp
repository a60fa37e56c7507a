#include "bayeux/frozen_message.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <variant>

using namespace bayeux;

namespace {

std::string frozen(std::string body)
{
    auto const batch = std::get<Batch>(parse_batch(std::move(body)));
    return freeze(batch.front())->json;
}

} // namespace

// wire-behaviour 2, step 9, and 5.5

BOOST_AUTO_TEST_CASE(a_broadcast_has_no_id_no_client_id_and_no_advice)
{
    BOOST_TEST(
        frozen(R"({"id":"7","channel":"/a","clientId":"x","data":1,"advice":{"interval":9}})") ==
        R"({"channel":"/a","data":1})");
}

BOOST_AUTO_TEST_CASE(a_broadcast_keeps_whatever_else_the_publisher_sent_byte_for_byte)
{
    BOOST_TEST(frozen(R"({"channel":"/a","data":{ "n" : 1e400 },"ext":{"x":1.0},"timestamp":"t",)"
                      R"("successful":true,"own field":[ ]})") ==
               R"({"channel":"/a","data":{ "n" : 1e400 },"ext":{"x":1.0},"timestamp":"t",)"
               R"("successful":true,"own field":[ ]})");
}

BOOST_AUTO_TEST_CASE(a_broadcast_spells_its_channel_as_published)
{
    BOOST_TEST(frozen(R"({"channel":"\/foo\/","data":1})") == R"({"channel":"/foo/","data":1})");
}

BOOST_AUTO_TEST_CASE(data_that_is_missing_stays_missing_and_null_stays_null)
{
    BOOST_TEST(frozen(R"({"channel":"/a"})") == R"({"channel":"/a"})");
    BOOST_TEST(frozen(R"({"channel":"/a","data":null})") == R"({"channel":"/a","data":null})");
}

BOOST_AUTO_TEST_CASE(of_duplicate_members_a_broadcast_has_the_last_one)
{
    BOOST_TEST(frozen(R"({"channel":"/a","data":1,"x":"first","data":2,"x":"last"})") ==
               R"({"channel":"/a","data":2,"x":"last"})");
}

BOOST_AUTO_TEST_CASE(names_that_need_escaping_are_escaped_again)
{
    BOOST_TEST(frozen(R"({"channel":"/a","q\"\\\n\u0001":1,"\u00e9":2})") ==
               "{\"channel\":\"/a\",\"q\\\"\\\\\\u000a\\u0001\":1,\"\xc3\xa9\":2}");
}

BOOST_AUTO_TEST_CASE(data_replaced_on_the_way_is_what_is_broadcast)
{
    auto batch = std::get<Batch>(parse_batch(R"({"channel":"/a","data":1,"data":2})"));
    batch.front().set_data("3");
    BOOST_TEST(freeze(batch.front())->json == R"({"channel":"/a","data":3})");
}

BOOST_AUTO_TEST_CASE(a_message_of_the_server_has_channel_data_and_perhaps_an_id)
{
    auto const plain = freeze("/a", "[1]");
    BOOST_TEST(plain->channel == "/a");
    BOOST_TEST(plain->json == R"({"channel":"/a","data":[1]})");
    BOOST_TEST(freeze("/a", "{}", "7")->json == R"({"channel":"/a","data":{},"id":"7"})");
}

BOOST_AUTO_TEST_CASE(a_message_of_the_server_that_no_client_could_read_is_refused)
{
    auto message = Message::make("/a", "1");
    auto const good = freeze("/a", "1");
    for (auto const* bad : {"", "{", "1}", "1,\"x\":2", "\"\xff\"", "\"\xc3", "NaN", "[1,]"}) {
        BOOST_CHECK_THROW(freeze("/a", bad), std::invalid_argument);
        BOOST_CHECK_THROW(Message::make("/a", bad), std::invalid_argument);
        BOOST_CHECK_THROW(message.set_data(bad), std::invalid_argument);
        BOOST_CHECK_THROW(message.set_member("x", bad), std::invalid_argument);
        BOOST_CHECK_THROW(with_member(*good, "x", bad), std::invalid_argument);
    }
    BOOST_CHECK_THROW(freeze("/\xff", "1"), std::invalid_argument);
    BOOST_CHECK_THROW(freeze("/a", "1", "\xff"), std::invalid_argument);
    BOOST_CHECK_THROW(Message::make("/\xff", "1"), std::invalid_argument);
    BOOST_CHECK_THROW(message.set_member("\xff", "1"), std::invalid_argument);
    BOOST_CHECK_THROW(with_member(*good, "\xff", "1"), std::invalid_argument);
    BOOST_TEST(freeze(message)->json == good->json);
}

BOOST_AUTO_TEST_CASE(a_message_frozen_as_an_answer_has_its_id)
{
    auto message = Message::make("/a", "1");
    message.set_member("ext", "{}");
    BOOST_TEST(freeze(message)->json == R"({"channel":"/a","data":1,"ext":{}})");
    BOOST_TEST(freeze(message, "7")->json == R"({"channel":"/a","data":1,"ext":{},"id":"7"})");
}

BOOST_AUTO_TEST_CASE(a_member_can_be_added_or_replaced)
{
    auto const message = freeze("/a", R"({ "t" : 1e400 })", "7");
    auto const more = with_member(*message, "t", "1");
    BOOST_TEST(more->channel == "/a");
    BOOST_TEST(more->json == R"({"channel":"/a","data":{ "t" : 1e400 },"id":"7","t":1})");
    BOOST_TEST(with_member(*more, "t", "[2]")->json ==
               R"({"channel":"/a","data":{ "t" : 1e400 },"id":"7","t":[2]})");
}

BOOST_AUTO_TEST_CASE(a_message_with_very_many_members_is_frozen_in_reasonable_time)
{
    // A quadratic search for duplicates would take minutes here.
    std::string body = R"({"channel":"/a")";
    for (int i = 0; i < 200'000; ++i)
        body += ",\"m" + std::to_string(i % 150'000) + "\":" + std::to_string(i);
    auto const json = frozen(body + "}");
    BOOST_TEST(json.find(R"("m0":150000)") != std::string::npos);
    BOOST_TEST(json.find(R"("m0":0)") == std::string::npos);
}
