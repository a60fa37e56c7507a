// What `bayeux bench` makes of bytes: HTTP answers, WebSocket frames, markers and replies.

#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/frame.hpp"
#include "server/cli/bench/http_answer.hpp"
#include "server/cli/bench/marker.hpp"
#include "server/cli/bench/replies.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bayeux::cli {
namespace {

using namespace std::string_literals;

/// The only answer that is there as soon as the last byte is, and not before.
HttpAnswer answer_of(std::string_view bytes, std::string& joined)
{
    for (std::size_t count = 0; count < bytes.size(); ++count) {
        BOOST_TEST(!first_answer(bytes.substr(0, count), joined), count << " bytes");
    }
    auto const answer = first_answer(bytes, joined);
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->length == bytes.size());
    return *answer;
}

void check_refused(std::string_view bytes)
{
    std::string joined;
    BOOST_CHECK_THROW(first_answer(bytes, joined), Failure);
}

Frame frame_of(std::string_view bytes)
{
    for (std::size_t count = 0; count < bytes.size(); ++count) {
        BOOST_TEST(!first_frame(bytes.substr(0, count)), count << " bytes");
    }
    auto const frame = first_frame(bytes);
    BOOST_REQUIRE(frame.has_value());
    BOOST_TEST(frame->length == bytes.size());
    return *frame;
}

std::vector<std::uint64_t> numbers_in(std::string_view text)
{
    std::vector<std::uint64_t> numbers;
    for_each_marker(text, [&](Marker const& marker) { numbers.push_back(marker.number); });
    return numbers;
}

BOOST_AUTO_TEST_SUITE(bench_reading)

BOOST_AUTO_TEST_CASE(an_answer_ends_where_its_length_says)
{
    std::string joined;
    auto const answer = answer_of("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                  "content-length:  2 \r\nSet-Cookie: a=b; Path=/\r\n\r\n[]",
        joined);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == "[]");
    BOOST_TEST(header_value(answer.head, "set-cookie").value() == "a=b; Path=/");
    BOOST_TEST(!header_value(answer.head, "cookie"));
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_in_chunks)
{
    std::string joined;
    auto const answer = answer_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "2\r\n[{\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
        joined);
    BOOST_TEST(answer.body == "[{0123456789");
}

BOOST_AUTO_TEST_CASE(an_answer_may_have_no_body)
{
    std::string joined;
    BOOST_TEST(
        answer_of("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", joined).body == "");
    BOOST_TEST(answer_of("HTTP/1.1 304 Not Modified\r\n\r\n", joined).status == 304);
}

BOOST_AUTO_TEST_CASE(what_follows_an_answer_is_not_part_of_it)
{
    std::string joined;
    auto const first = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"s;
    BOOST_TEST(first_answer(first + "HTTP/1.1 ", joined)->length == first.size());
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_refused)
{
    check_refused("SSH-2.0");
    check_refused("HTTP/1.0 200 OK\r\n\r\n");
    check_refused("HTTP/1.1 abc\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\r\n\r\n"); // ends with the connection
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
    check_refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n");
}

BOOST_AUTO_TEST_CASE(a_frame_ends_where_its_length_says)
{
    BOOST_TEST(frame_of("\x81\x02[]").payload == "[]");
    BOOST_TEST(frame_of("\x81\x7e\x01\x00"s + std::string(256, 'x')).payload.size() == 256U);
    BOOST_TEST(
        frame_of("\x81\x7f\0\0\0\0\0\x01\0\0"s + std::string(65536, 'x')).payload.size() == 65536U);
}

BOOST_AUTO_TEST_CASE(a_frame_may_be_part_of_a_message)
{
    BOOST_TEST(!frame_of("\x01\x01"
                         "a")
                    .last);
    auto const rest = frame_of("\x80\x01"
                               "b");
    BOOST_TEST(rest.last);
    BOOST_TEST((rest.opcode == Opcode::continuation));
}

BOOST_AUTO_TEST_CASE(frames_that_servers_must_not_send_are_refused)
{
    BOOST_CHECK_THROW(first_frame("\xc1\x00"s), Failure); // compressed
    BOOST_CHECK_THROW(first_frame("\x81\x80"s), Failure); // masked
    BOOST_CHECK_THROW(first_frame("\x81\x7f\x7f\0\0\0\0\0\0\0"s), Failure);
}

BOOST_AUTO_TEST_CASE(a_frame_of_ours_is_masked)
{
    for (std::size_t const size : {0U, 125U, 126U, 65535U, 65536U}) {
        std::string bytes;
        append_frame(bytes, Opcode::text, std::string(size, 'x'), 0x04030201);
        auto const head = bytes.size() - size - 4;
        BOOST_TEST((head == 2 || head == 4 || head == 10));
        BOOST_TEST((bytes[1] & 0x80) != 0);
        bytes[1] = static_cast<char>(bytes[1] & 0x7f); // as a server's, with the mask in front
        auto const key = bytes.substr(head, 4);
        bytes.erase(head, 4);
        auto const frame = frame_of(bytes);
        std::string payload(frame.payload);
        for (std::size_t i = 0; i < payload.size(); ++i) {
            payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
        }
        BOOST_TEST(payload == std::string(size, 'x'));
    }
}

BOOST_AUTO_TEST_CASE(markers_are_found_wherever_they_stand)
{
    std::string text = "[{\"channel\":\"/a!b\",\"data\":";
    append_data(text, {7, 8, 1, 1234567890123, 5}, "xx");
    text += "},{ \"data\" : ";
    append_data(text, {7, 8, 2, 0, 0}, "");
    text += "}, \"!\", \"!1!\", \"!1!2!3!4!x\"]!";
    BOOST_TEST(
        numbers_in(text) == (std::vector<std::uint64_t>{1, 2}), boost::test_tools::per_element());
    for_each_marker(text.substr(0, 70), [](Marker const& marker) {
        BOOST_TEST(marker.room == 7U);
        BOOST_TEST(marker.publisher == 8U);
        BOOST_TEST(marker.due == 1234567890123);
        BOOST_TEST(marker.wait == 5);
    });
}

BOOST_AUTO_TEST_CASE(a_marker_that_is_cut_is_none)
{
    std::string text;
    append_data(text, {1, 2, 3, 4, 5}, "");
    auto const end = text.rfind(mark);
    for (std::size_t count = 0; count <= end; ++count) {
        BOOST_TEST(numbers_in(text.substr(0, count)).empty());
    }
    BOOST_TEST(numbers_in(text.substr(0, end + 1)).size() == 1U);
}

BOOST_AUTO_TEST_CASE(ordinary_replies_need_no_parsing)
{
    unsigned count = 0;
    BOOST_TEST(are_plain_replies(
        R"([{"channel":"/x","data":1},{"successful":true},{"id":"2","successful":true}])", count));
    BOOST_TEST(count == 2U);
    for (auto const* const other : {R"([{"successful":false}])", R"([{"successful": true}])", "[]",
             R"([{"successful":true,"advice":{"interval":0}}])"}) {
        BOOST_TEST(!are_plain_replies(other, count), other);
    }
}

BOOST_AUTO_TEST_CASE(replies_tell_the_client_and_the_interval)
{
    auto const replies = read_replies(
        R"([{"successful": true,"clientId":"c","advice":{"interval":2000,"reconnect":"retry"}},)"
        R"({"channel":"/x","data":{"successful":false}}])");
    BOOST_TEST(replies.count == 1U);
    BOOST_TEST(replies.client_id == "c");
    BOOST_TEST(replies.interval.value() == 2000U);
}

BOOST_AUTO_TEST_CASE(a_refusal_is_a_failure_that_shows_it)
{
    for (auto const* const refusal :
        {R"([{"successful":false,"error":"402::session_unknown"}])", "{}", "nonsense", "[1]",
            R"([{"successful":true,"advice":{"reconnect":"handshake"}}])"}) {
        BOOST_CHECK_EXCEPTION(read_replies(refusal), Failure, [&](Failure const& failure) {
            return std::string_view(failure.what()).find(refusal) != std::string_view::npos;
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::cli
