#include "bayeux/message.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cmath>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

using namespace bayeux;
using namespace std::string_view_literals;

namespace {

Batch batch_of(std::string body)
{
    auto parsed = parse_batch(std::move(body));
    if (auto const* const failure = std::get_if<ParseError>(&parsed))
        throw std::runtime_error("not parsed: " + failure->reason);
    return std::get<Batch>(std::move(parsed));
}

Message message_of(std::string body)
{
    auto batch = batch_of(std::move(body));
    BOOST_REQUIRE_EQUAL(batch.size(), 1U);
    return batch.front();
}

enum class Verdict { accepted, malformed, unusable, too_many };

std::ostream& operator<<(std::ostream& out, Verdict verdict)
{
    constexpr std::array names{"accepted", "malformed", "unusable", "too many"};
    return out << names.at(static_cast<std::size_t>(verdict));
}

Verdict verdict_on(std::string_view body, ParseLimits limits = {})
{
    auto const parsed = parse_batch(std::string(body), limits);
    auto const* const failure = std::get_if<ParseError>(&parsed);
    if (failure == nullptr)
        return Verdict::accepted;
    switch (failure->kind) {
    case ParseError::Kind::malformed:
        return Verdict::malformed;
    case ParseError::Kind::unusable:
        return Verdict::unusable;
    case ParseError::Kind::too_many:
        break;
    }
    return Verdict::too_many;
}

std::string arrays(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

// --- What is a batch (wire-behaviour 1.3, 1.6, 1.8)

BOOST_AUTO_TEST_CASE(an_array_is_a_batch_in_its_order)
{
    auto const batch = batch_of(R"([{"channel":"/a"}, {"channel":"/b"},{"channel":"/c"}])");
    BOOST_REQUIRE_EQUAL(batch.size(), 3U);
    BOOST_TEST(batch[0].channel() == "/a");
    BOOST_TEST(batch[1].channel() == "/b");
    BOOST_TEST(batch[2].channel() == "/c");
}

BOOST_AUTO_TEST_CASE(a_lone_object_is_a_batch_of_one)
{
    BOOST_TEST(message_of(" {\"channel\" :\t\"/a\"\r\n} ").channel() == "/a");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_malformed)
{
    for (auto const body :
        {""sv, " \n"sv, "["sv, "{"sv, "[{}"sv, R"([{"channel":"/a)"sv, "[{}]x"sv, "[{}][{}]"sv,
            "{}{}"sv, "[{}]]"sv, "{a:1}"sv, "{'a':1}"sv, R"({"a":NaN})"sv, R"({"a":undefined})"sv,
            R"({"a":Infinity})"sv, "/*c*/[{}]"sv, "[{}]//c"sv, R"({"a":01})"sv, R"({"a":+1})"sv,
            R"({"a":.5})"sv, R"({"a":1.})"sv, "{\"a\":\"\x01\"}"sv, R"({"a":"\x"})"sv,
            "{\"a\":\"\xff\"}"sv, "{\"a\":\"\xc0\xaf\"}"sv, "\xef\xbb\xbf[{}]"sv, "[{}]\0"sv})
        BOOST_TEST(verdict_on(body) == Verdict::malformed, body);
}

BOOST_AUTO_TEST_CASE(a_top_level_number_string_or_boolean_is_malformed)
{
    for (auto const body : {"5"sv, R"("x")"sv, "true"sv, "false"sv, "-1e3"sv})
        BOOST_TEST(verdict_on(body) == Verdict::malformed, body);
}

BOOST_AUTO_TEST_CASE(json_that_holds_no_messages_is_unusable)
{
    for (auto const body : {"[]"sv, " [ ] "sv, "null"sv, "[1]"sv, "[null]"sv, "[[]]"sv,
             R"(["x"])"sv, R"([{"channel":"/a"},1])"sv})
        BOOST_TEST(verdict_on(body) == Verdict::unusable, body);
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_no_string_is_unusable)
{
    for (auto const body : {R"({"channel":5})"sv, R"({"channel":true})"sv, R"({"channel":{}})"sv,
             R"([{"channel":"/a"},{"channel":["/b"]}])"sv})
        BOOST_TEST(verdict_on(body) == Verdict::unusable, body);
}

BOOST_AUTO_TEST_CASE(a_connect_advised_with_something_else_than_numbers_is_unusable)
{
    for (auto const advice :
        {R"({"timeout":"5"})"sv, R"({"interval":[]})"sv, R"({"timeout":true,"interval":0})"sv}) {
        auto const body = std::string(R"({"advice":)").append(advice).append(R"(,"channel":)");
        BOOST_TEST(verdict_on(body + R"("/meta/connect"})") == Verdict::unusable, advice);
        BOOST_TEST(verdict_on(body + R"("/meta/handshake"})") == Verdict::accepted, advice);
    }
}

BOOST_AUTO_TEST_CASE(trailing_commas_are_forgiven_and_not_passed_on)
{
    auto const batch =
        batch_of("[{\"channel\":\"/a\",\"data\":{\"x\":[1,2, ],\"y\":\",]\\\",}\",\n},},]");
    BOOST_REQUIRE_EQUAL(batch.size(), 1U);
    BOOST_TEST(batch[0].data_text() == "{\"x\":[1,2  ],\"y\":\",]\\\",}\" \n}");
    BOOST_TEST(verdict_on(batch[0].data_text()) == Verdict::accepted);
}

BOOST_AUTO_TEST_CASE(other_stray_commas_are_malformed)
{
    for (auto const body : {"[,{}]"sv, "[{},,{}]"sv, "[{},,]"sv, "[,]"sv, "{,}"sv, "[{}],"sv,
             R"({,"channel":"/a"})"sv})
        BOOST_TEST(verdict_on(body) == Verdict::malformed, body);
}

BOOST_AUTO_TEST_CASE(nesting_is_accepted_up_to_the_limit_and_malformed_beyond)
{
    auto const nested = [](std::size_t depth) {
        return R"([{"channel":"/a","data":)" + arrays(depth) + "}]";
    };
    // The batch and its message are two levels themselves.
    BOOST_TEST(verdict_on(nested(98)) == Verdict::accepted);
    BOOST_TEST(verdict_on(nested(99)) == Verdict::malformed);
    BOOST_TEST(verdict_on(nested(3), {.depth = 5}) == Verdict::accepted);
    BOOST_TEST(verdict_on(nested(4), {.depth = 5}) == Verdict::malformed);
    BOOST_TEST(verdict_on(std::string(1'000'000, '[')) == Verdict::malformed);
}

// --- The client's bytes

BOOST_AUTO_TEST_CASE(more_messages_than_the_limit_are_too_many)
{
    for (auto const body : {"[{},{}]"sv, "[{},{},]"sv, "{}"sv})
        BOOST_TEST(verdict_on(body, {.messages = 2}) == Verdict::accepted, body);
    BOOST_TEST(verdict_on("[{},{},{}]", {.messages = 2}) == Verdict::too_many);
    BOOST_TEST(verdict_on("{}", {.messages = 0}) == Verdict::too_many);
    std::string many = "[{}";
    for (int n = 0; n < 300'000; ++n)
        many += ",{}";
    BOOST_TEST(verdict_on(many + ']', {.messages = 1'000}) == Verdict::too_many);
    BOOST_TEST(verdict_on(many, {.messages = 1'000}) == Verdict::malformed);
}

BOOST_AUTO_TEST_CASE(data_keeps_the_bytes_that_the_client_sent)
{
    for (auto const data : {"1e400"sv, "-0"sv, "1.0"sv, "1E+2"sv,
             "123456789012345678901234567890"sv, "null"sv, "false"sv, R"("")"sv,
             R"("\u00e9\/\n\ud83d\ude00")"sv, "\"\xf0\x9f\x98\x80\xe2\x80\xa8\""sv,
             R"({"k":1,"k":2, "z" : [ 1 ,{ } ] })"sv, R"([[],{},"]}"])"sv, R"("\\")"sv})
        BOOST_TEST(message_of(std::string(R"({"channel":"/a","data": )").append(data).append("\n}"))
                       .data_text() == data);
}

BOOST_AUTO_TEST_CASE(all_members_are_kept_in_their_order)
{
    auto const message =
        message_of(R"({"own":{"a":1},"channel":"/a","ext":{"ack":true},"x":-1.50})");
    BOOST_REQUIRE_EQUAL(message.members().size(), 4U);
    BOOST_TEST(message.members()[0].name == "own");
    BOOST_TEST(message.members()[0].value == R"({"a":1})");
    BOOST_TEST(message.ext_text() == R"({"ack":true})");
    BOOST_TEST(message.member("x") == "-1.50");
    BOOST_TEST(message.member("nothing").empty());
}

BOOST_AUTO_TEST_CASE(of_duplicate_members_the_last_one_counts)
{
    auto const message = message_of(
        R"({"data":1,"channel":"/a","id":"1","data":2,"channel":"/b","id":null,"clientId":"x",)"
        R"("clientId":"y","subscription":"/s","subscription":["/t"],"advice":{},"advice":0})");
    BOOST_TEST(message.data_text() == "2");
    BOOST_TEST(message.channel() == "/b");
    BOOST_TEST(!message.id().has_value());
    BOOST_TEST(message.client_id() == "y");
    BOOST_TEST(message.subscriptions()->at(0) == "/t");
    BOOST_TEST(!message.advice().has_value());
}

BOOST_AUTO_TEST_CASE(escapes_in_names_and_in_the_envelope_are_decoded)
{
    auto const message = message_of(
        R"({"\u0063hannel":"\/caf\u00e9","id":"\u0031","clientId":"a\u0062","subscription":"\/s"})");
    BOOST_TEST(message.channel() == "/caf\xc3\xa9");
    BOOST_TEST(message.id().value() == "1");
    BOOST_TEST(message.client_id() == "ab");
    BOOST_TEST(message.subscriptions()->at(0) == "/s");
    BOOST_TEST(message.subscription_text() == R"("\/s")");
}

BOOST_AUTO_TEST_CASE(data_is_parsed_on_demand)
{
    auto const message = message_of(R"({"channel":"/a","data":{"n":[1,true,null]}})");
    auto const data = message.data();
    BOOST_TEST(data.at("n").at(0).as_int64() == 1);
    BOOST_TEST(message_of(R"({"channel":"/a"})").data().is_null());
}

BOOST_AUTO_TEST_CASE(deep_data_that_was_accepted_can_be_parsed)
{
    auto const message = message_of(R"({"channel":"/a","data":)" + arrays(99) + "}");
    BOOST_TEST(message.data().is_array());
}

// --- The envelope

BOOST_AUTO_TEST_CASE(a_channel_that_is_absent_or_null_is_missing_and_an_empty_one_is_not)
{
    BOOST_TEST(!message_of("{}").has_channel());
    BOOST_TEST(!message_of(R"({"channel":null})").has_channel());
    BOOST_TEST(message_of(R"({"channel":""})").has_channel());
}

BOOST_AUTO_TEST_CASE(an_id_that_is_no_string_is_its_text)
{
    BOOST_TEST(message_of(R"({"id":42})").id().value() == "42");
    BOOST_TEST(message_of(R"({"id":true})").id().value() == "true");
    BOOST_TEST(message_of(R"({"id":""})").id().value().empty());
    BOOST_TEST(!message_of(R"({"id":null})").id().has_value());
    BOOST_TEST(!message_of("{}").id().has_value());
}

BOOST_AUTO_TEST_CASE(a_client_id_that_is_no_string_is_none)
{
    for (auto const* const value : {"5", "null", "{}", R"(["x"])"})
        BOOST_TEST(message_of(std::string(R"({"clientId":)").append(value).append("}"))
                       .client_id()
                       .empty());
}

BOOST_AUTO_TEST_CASE(a_subscription_is_a_channel_or_several)
{
    BOOST_TEST(message_of(R"({"subscription":"/a"})").subscriptions()->size() == 1U);
    auto const several = message_of(R"({"subscription":["/a", "/b",5,null]})");
    BOOST_REQUIRE_EQUAL(several.subscriptions()->size(), 4U);
    BOOST_TEST(several.subscriptions()->at(1) == "/b");
    BOOST_TEST(several.subscriptions()->at(2) == "5");
    BOOST_TEST(several.subscriptions()->at(3) == "null");
    BOOST_TEST(several.subscription_text() == R"(["/a", "/b",5,null])");
    BOOST_TEST(message_of(R"({"subscription":[]})").subscriptions()->empty());
    BOOST_TEST(!message_of(R"({"subscription":5})").subscriptions().has_value());
    BOOST_TEST(!message_of(R"({"subscription":null})").subscriptions().has_value());
    BOOST_TEST(message_of(R"({"subscription":null})").subscription_text().empty());
}

BOOST_AUTO_TEST_CASE(advice_is_there_even_when_it_is_empty)
{
    BOOST_TEST(message_of(R"({"advice":{}})").advice().has_value());
    BOOST_TEST(!message_of(R"({"advice":null})").advice().has_value());
    BOOST_TEST(!message_of(R"({"advice":5})").advice().has_value());
    BOOST_TEST(!message_of("{}").advice().has_value());
}

BOOST_AUTO_TEST_CASE(advice_has_whole_milliseconds)
{
    auto const advice =
        message_of(R"({"advice":{"timeout":1.5e3,"interval":-1,"hosts":["x"]}})").advice().value();
    BOOST_TEST(advice.timeout.value() == 1500);
    BOOST_TEST(advice.interval.value() == -1);
    BOOST_TEST(!message_of(R"({"advice":{"timeout":null}})").advice()->timeout.has_value());
}

// --- Lifetime and change

BOOST_AUTO_TEST_CASE(a_copied_message_outlives_its_batch)
{
    Message copy;
    {
        auto batch = batch_of(R"([{"channel":"/a","data":"long enough to be on the heap"}])");
        copy = batch.front();
    }
    BOOST_TEST(copy.channel() == "/a");
    BOOST_TEST(copy.data_text() == R"("long enough to be on the heap")");
}

BOOST_AUTO_TEST_CASE(a_changed_copy_leaves_the_original_as_it_was)
{
    auto const original = message_of(R"({"channel":"/a","data":1})");
    auto copy = original;
    copy.set_data("2");
    copy.set_member("more", "true");
    BOOST_TEST(copy.data_text() == "2");
    BOOST_TEST(copy.member("more") == "true");
    BOOST_TEST(original.data_text() == "1");
    BOOST_TEST(original.members().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_message_of_the_server_has_channel_and_data)
{
    auto message = Message::make("/a", "[1]");
    BOOST_TEST(message.has_channel());
    BOOST_TEST(message.channel() == "/a");
    BOOST_TEST(message.data_text() == "[1]");
    BOOST_TEST(!message.id().has_value());
    BOOST_TEST(message.client_id().empty());
}
