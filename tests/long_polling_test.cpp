#include "server/long_polling.hpp"
#include "tests/http_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(long_polling)

namespace {

constexpr ParseLimits limits;

/// The channels of the batch, or the status of the refusal.
std::string channels(std::string body, std::string_view content_type)
{
    auto const parsed = parse_body(std::move(body), body_format(content_type), limits);
    if (auto const* const error = std::get_if<ParseError>(&parsed))
        return std::to_string(status_of(error->kind));
    std::string text;
    for (auto const& message : std::get<Batch>(parsed))
        text += std::string(message.channel()) + " ";
    return text;
}

Response response_of(Reply const& reply, HttpSettings const& settings = {})
{
    std::string out;
    append_reply(out, reply, {.persistence = Persistence::keep_alive}, settings);
    auto response = take_response(out);
    BOOST_TEST(out == "");
    return response;
}

} // namespace

BOOST_AUTO_TEST_CASE(json_is_read_whatever_the_content_type)
{
    for (auto const* type : {"", "application/json", "application/json;charset=UTF-8", "text/json",
             "text/plain", "application/x-www-form-urlencoded", "image/png", ";;="}) {
        BOOST_TEST(channels(R"([{"channel":"/a"},{"channel":"/b"}])", type) == "/a /b ", type);
        BOOST_TEST(channels(R"( {"channel":"/a"})", type) == "/a ", type);
    }
}

BOOST_AUTO_TEST_CASE(form_data_is_read_by_its_beginning_or_by_its_type)
{
    auto const* const form = "message=%5B%7B%22channel%22%3A%22%2Fa%22%7D%5D";
    for (auto const* type : {"", "text/plain", "application/x-www-form-urlencoded;charset=UTF-8"})
        BOOST_TEST(channels(form, type) == "/a ", type);
    auto const* const later = "x=1&message={\"channel\":\"/a\"}";
    BOOST_TEST(channels(later, "application/x-www-form-urlencoded") == "/a ");
    BOOST_TEST(channels(later, "text/plain") == "400");
}

BOOST_AUTO_TEST_CASE(several_message_fields_are_one_batch_in_their_order)
{
    BOOST_TEST(channels(R"(message=[{"channel":"/a"},{"channel":"/b"}]&message={"channel":"/c"})",
                   "") == "/a /b /c ");
}

BOOST_AUTO_TEST_CASE(a_charset_is_honoured)
{
    auto const data = [](std::string body, std::string_view type) {
        auto const parsed = parse_body(std::move(body), body_format(type), limits);
        BOOST_TEST_REQUIRE(std::holds_alternative<Batch>(parsed));
        return std::string(std::get<Batch>(parsed).at(0).data_text());
    };
    BOOST_TEST(data("{\"channel\":\"/a\",\"data\":\"\xE1\"}",
                   "application/json; charset=ISO-8859-7") == "\"\xCE\xB1\"");
    BOOST_TEST(data("message={\"channel\":\"/a\",\"data\":\"%E1\"}",
                   "application/x-www-form-urlencoded; charset=ISO-8859-7") == "\"\xCE\xB1\"");
    BOOST_TEST(data("message={\"channel\":\"/a\",\"data\":\"%CE%B1\"}", "") == "\"\xCE\xB1\"");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_forgiven)
{
    BOOST_TEST(channels("\xEF\xBB\xBF{\"channel\":\"/a\"}", "application/json") == "/a ");
    BOOST_TEST(channels("\xEF\xBB\xBF[{\"channel\":\"/a\"}]",
                   "application/x-www-form-urlencoded") == "/a ");
    using namespace std::string_literals;
    BOOST_TEST(channels("\xFF\xFE{\0\"\0c\0h\0a\0n\0n\0e\0l\0\"\0:\0\"\0/\0a\0\"\0}\0"s,
                   "application/json;charset=utf-16") == "/a ");
    BOOST_TEST(channels("\xFF\xFE{\0\"\0c\0h\0a\0n\0n\0e\0l\0\"\0:\0\"\0/\0a\0\"\0}\0"s,
                   "application/json;charset=utf-16le") == "/a ");
}

BOOST_AUTO_TEST_CASE(too_many_messages_are_413_also_when_several_parts_of_a_form_bring_them)
{
    auto const status = [](std::string body) {
        auto const parsed = parse_body(std::move(body), body_format(""), {.messages = 3});
        auto const* const error = std::get_if<ParseError>(&parsed);
        return error == nullptr ? 200U : status_of(error->kind);
    };
    BOOST_TEST(status("[{},{},{}]") == 200U);
    BOOST_TEST(status("[{},{},{},{}]") == 413U);
    BOOST_TEST(status("message=[{},{}]&message={}") == 200U);
    BOOST_TEST(status("message=[{},{}]&message=[{},{}]") == 413U);
    BOOST_TEST(status("message={}&message={}&message={}&message={}") == 413U);
}

BOOST_AUTO_TEST_CASE(malformed_bodies_are_400)
{
    struct {
        char const* body;
        char const* type;
    } const rows[] = {
        {"", ""},
        {" \r\n", ""},
        {"[{", ""},
        {"[{}] x", ""},
        {"\"text\"", ""},
        {"message=", ""},
        {"message=%5B%7", ""},
        {"message=[{}]&message=[{", ""},
        {"x=1", "application/x-www-form-urlencoded"},
        {"", "application/x-www-form-urlencoded"},
        {"[{}]", "application/json;charset=no-such-charset"},
        {"[{\"a\":\"\x81\"}]", "application/json;charset=windows-1252"},
        {"[{\"a\":\"\xFF\"}]", "application/json"},
    };
    for (auto const& row : rows)
        BOOST_TEST(channels(row.body, row.type) == "400", row.body << " as " << row.type);
}

BOOST_AUTO_TEST_CASE(json_that_holds_no_messages_is_500)
{
    for (auto const* body : {"[]", "null", "[1]", "message=[]", "message=[{}]&message=[]"})
        BOOST_TEST(channels(body, "") == "500", body);
}

BOOST_AUTO_TEST_CASE(a_reason_of_what_a_client_sent_is_made_printable)
{
    auto const parsed = parse_body("[]", body_format("text/json;charset=\xff\x01"), limits);
    std::string out;
    append_refusal(out, std::get<ParseError>(parsed), {.persistence = Persistence::keep_alive});
    BOOST_TEST(take_response(out).body == "No Bayeux messages: not in charset \\xff\\x01\n");
}

BOOST_AUTO_TEST_CASE(a_reply_is_json_that_nobody_stores_or_sniffs)
{
    Reply reply;
    reply.replies = R"({"channel":"/a"})";
    auto const response = response_of(reply);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == R"([{"channel":"/a"}])");
    BOOST_TEST(response["Content-Type"] == "application/json");
    BOOST_TEST(response["Cache-Control"] == "no-store");
    BOOST_TEST(response["X-Content-Type-Options"] == "nosniff");
    BOOST_TEST(!response.has("Set-Cookie"));
    BOOST_TEST(!response.has("Connection"));
}

BOOST_AUTO_TEST_CASE(the_length_is_right_for_every_composition_of_a_reply)
{
    auto const event = std::make_shared<Frozen const>(Frozen{"/c", R"({"channel":"/c"})"});
    for (auto const* first : {"", "{\"first\":1}"})
        for (auto const* replies : {"", "{\"a\":1},{\"b\":2}"})
            for (auto const count : {0U, 1U, 3U}) {
                Reply reply;
                reply.first = first;
                reply.replies = replies;
                reply.messages.assign(count, event);
                std::string body;
                append_body(body, reply);
                BOOST_TEST(response_of(reply).body == body);
            }
}

BOOST_AUTO_TEST_CASE(a_browser_gets_its_cookie)
{
    Reply reply;
    reply.set_browser_id = "abc";
    BOOST_TEST(response_of(reply)["Set-Cookie"] == "BAYEUX_BROWSER=abc; Path=/; HttpOnly");
    HttpSettings settings;
    settings.browser_cookie_name = "B";
    settings.browser_cookie_attributes = "; Path=/x";
    BOOST_TEST(response_of(reply, settings)["Set-Cookie"] == "B=abc; Path=/x");
}

BOOST_AUTO_TEST_CASE(a_batch_that_failed_as_a_whole_is_its_status_and_no_body)
{
    Reply reply;
    reply.ok = false;
    for (int const status : {500, 503, 420}) {
        reply.error_status = status;
        reply.replies = "{}";
        auto const response = response_of(reply);
        BOOST_TEST(response.status == static_cast<unsigned>(status));
        BOOST_TEST(response["Content-Length"] == "0");
    }
}

BOOST_AUTO_TEST_SUITE_END()
