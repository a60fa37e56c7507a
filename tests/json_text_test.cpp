#include "bayeux/json_text.hpp"
#include "bayeux/message_reply.hpp"
#include "bayeux/outbox.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

using namespace bayeux;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

namespace {

std::string text_of(MessageReply const& reply)
{
    std::string text;
    append_json(text, reply);
    return text;
}

std::string body_of(Reply const& reply)
{
    std::string text;
    append_body(text, reply);
    return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(strings_are_escaped_as_json_demands_and_no_further)
{
    std::string text;
    append_json_string(text, "a\"b\\c/\n\x1f\0\x7f\xc3\xa9"sv);
    BOOST_TEST(text == "\"a\\\"b\\\\c/\\u000a\\u001f\\u0000\x7f\xc3\xa9\"");
    std::string every;
    for (int byte = 0; byte < 128; ++byte)
        every += static_cast<char>(byte);
    std::string escaped;
    append_json_string(escaped, every);
    auto const back = boost::json::parse(escaped);
    BOOST_TEST(std::string_view(back.as_string()) == every);
}

BOOST_AUTO_TEST_CASE(values_are_written_as_json)
{
    BOOST_TEST(to_json({{"a", {1, true, nullptr, "x"}}}) == R"({"a":[1,true,null,"x"]})");
}

BOOST_AUTO_TEST_CASE(numbers_that_json_cannot_hold_are_refused_wherever_they_are)
{
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const not_a_number = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_THROW(to_json(infinity), std::invalid_argument);
    BOOST_CHECK_THROW(to_json({1, -infinity}), std::invalid_argument);
    BOOST_CHECK_THROW(to_json({{"a", {{"b", not_a_number}}}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(what_is_nested_too_deep_is_refused)
{
    boost::json::value value = 1;
    for (int depth = 0; depth < 1'000; ++depth)
        value = depth % 2 == 0 ? boost::json::value(boost::json::array{std::move(value)})
                               : boost::json::object{{"a", std::move(value)}};
    auto const text = to_json(value);
    BOOST_TEST(freeze("/a", text)->json.find(text) != std::string::npos);
    BOOST_CHECK_THROW(to_json(boost::json::array{value}), std::invalid_argument);
    BOOST_CHECK_THROW(to_json(boost::json::object{{"a", value}}), std::invalid_argument);
    BOOST_CHECK_THROW(freeze("/a", "[" + text + "]"), std::invalid_argument);
    BOOST_CHECK_THROW(freeze("/a", std::string(200'000, '[')), std::invalid_argument);
}

// --- Replies (wire-behaviour 2 to 4)

BOOST_AUTO_TEST_CASE(a_reply_begins_with_channel_id_and_subscription_of_its_message)
{
    auto const batch = std::get<Batch>(parse_batch(
        R"({"channel":"/meta/subscribe","id":7,"subscription":[ "/a" ],"ext":{},"clientId":"x"})"));
    auto reply = reply_to(batch.front());
    reply.successful = true;
    BOOST_TEST(
        text_of(reply) ==
        R"({"channel":"/meta/subscribe","id":"7","subscription":[ "/a" ],"successful":true})");
}

BOOST_AUTO_TEST_CASE(a_failed_reply_has_its_error)
{
    MessageReply reply;
    reply.fail("400::channel_missing");
    BOOST_TEST(text_of(reply) == R"({"successful":false,"error":"400::channel_missing"})");
}

BOOST_AUTO_TEST_CASE(an_error_is_written_as_utf8)
{
    MessageReply reply;
    reply.fail("400::\xc3\xa9 \xc3");
    BOOST_TEST(text_of(reply) == "{\"successful\":false,\"error\":\"400::\xc3\xa9 \xef\xbf\xbd\"}");
}

BOOST_AUTO_TEST_CASE(advice_is_written_complete)
{
    MessageReply reply;
    reply.channel = "/c";
    reply.successful = true;
    reply.advice = Advice{Advice::Reconnect::retry, 0ms, 30s};
    BOOST_TEST(text_of(reply) == R"({"channel":"/c","successful":true,)"
                                 R"("advice":{"reconnect":"retry","interval":0,"timeout":30000}})");
    reply.advice = Advice{Advice::Reconnect::none, {}, {}};
    BOOST_TEST(
        text_of(reply) == R"({"channel":"/c","successful":true,"advice":{"reconnect":"none"}})");
    reply.advice = Advice{Advice::Reconnect::handshake, 2s, {}, {}, true};
    BOOST_TEST(text_of(reply) ==
               R"({"channel":"/c","successful":true,)"
               R"("advice":{"multiple-clients":true,"reconnect":"handshake","interval":2000}})");
}

BOOST_AUTO_TEST_CASE(members_added_to_a_reply_are_written_once_with_their_last_value)
{
    MessageReply reply;
    reply.successful = true;
    reply.set_member("ext", "{}");
    reply.set_member("a\"b", "1");
    reply.set_member("ext", R"({"ack":1})");
    BOOST_TEST(text_of(reply) == R"({"successful":true,"ext":{"ack":1},"a\"b":1})");
}

BOOST_AUTO_TEST_CASE(members_added_to_a_reply_are_json)
{
    MessageReply reply;
    for (auto const* bad : {"", "{", "1,\"x\":2", "\"\xff\"", "NaN", "'a'", "[1,]"}) {
        BOOST_CHECK_THROW(reply.set_member("a", bad), std::invalid_argument);
        BOOST_CHECK_THROW(reply.set_ext("a", bad), std::invalid_argument);
    }
    BOOST_CHECK_THROW(reply.set_member("\xff", "1"), std::invalid_argument);
    BOOST_TEST(text_of(reply) == R"({"successful":false})");
}

// --- Bodies (wire-behaviour 5.1)

BOOST_AUTO_TEST_CASE(a_body_is_handshake_reply_then_messages_then_other_replies)
{
    Reply reply;
    BOOST_TEST(body_of(reply) == "[]");
    reply.replies = R"({"r":1},{"r":2})";
    BOOST_TEST(body_of(reply) == R"([{"r":1},{"r":2}])");
    reply.messages = {freeze("/a", "1"), freeze("/b", "2")};
    BOOST_TEST(body_of(reply) ==
               R"([{"channel":"/a","data":1},{"channel":"/b","data":2},{"r":1},{"r":2}])");
    reply.first = R"({"h":1})";
    reply.replies.clear();
    BOOST_TEST(
        body_of(reply) == R"([{"h":1},{"channel":"/a","data":1},{"channel":"/b","data":2}])");
}
