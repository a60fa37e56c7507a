#include "server/http_response.hpp"
#include "tests/http_fixture.hpp"

using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(http_response)

BOOST_AUTO_TEST_CASE(dates_have_the_form_that_http_wants)
{
    BOOST_TEST(http_date(784'111'777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    BOOST_TEST(http_date(1'709'164'800) == "Thu, 29 Feb 2024 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(a_frame_says_date_persistence_and_who_may_read)
{
    std::string out;
    append_empty_response(out, 431,
        {.persistence = Persistence::close,
            .date = "D",
            .allowed_origin = "https://o",
            .depends_on_origin = true});
    BOOST_TEST(out == "HTTP/1.1 431 Request Header Fields Too Large\r\n"
                      "Date: D\r\n"
                      "Connection: close\r\n"
                      "Access-Control-Allow-Origin: https://o\r\n"
                      "Access-Control-Allow-Credentials: true\r\n"
                      "Vary: Origin\r\n"
                      "Content-Length: 0\r\n"
                      "\r\n");
}

BOOST_AUTO_TEST_CASE(what_need_not_be_said_is_left_out)
{
    std::string out;
    append_empty_response(out, 200, {.persistence = Persistence::keep_alive});
    BOOST_TEST(out == "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(keep_alive_is_confirmed_to_http_1_0)
{
    std::string out;
    append_text_response(
        out, 404, {.persistence = Persistence::keep_alive_http_1_0}, "gone", Content::whole);
    auto const response = take_response(out);
    BOOST_TEST(response.status == 404);
    BOOST_TEST(response["Connection"] == "keep-alive");
    BOOST_TEST(response["Content-Type"] == "text/plain");
    BOOST_TEST(response.body == "gone");
}

BOOST_AUTO_TEST_CASE(the_head_alone_tells_the_length_of_the_whole)
{
    std::string out;
    append_text_response(out, 404, {}, "gone", Content::head_only);
    BOOST_TEST(take_response(out, Content::head_only)["Content-Length"] == "4");
    BOOST_TEST(out == "");
}

BOOST_AUTO_TEST_SUITE_END()
