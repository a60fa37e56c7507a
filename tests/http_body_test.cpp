#include "server/http_body.hpp"

#include <boost/test/unit_test.hpp>

using namespace bayeux::server;
using Status = BodyReader::Status;

BOOST_TEST_DONT_PRINT_LOG_VALUE(BodyReader::Status)

BOOST_AUTO_TEST_SUITE(http_body)

namespace {

constexpr std::size_t max_size = 100;
constexpr std::size_t max_extra = 20;

struct Result {
    Status status;
    std::string body;
    std::size_t used;
};

Result read_chunked(std::string_view bytes)
{
    auto reader = BodyReader::chunked(max_size, max_extra);
    std::string body;
    auto const used = reader.read(bytes, body);
    return {reader.status(), body, used};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_counted_body_ends_after_its_length)
{
    auto reader = BodyReader::of_length(5);
    std::string body;
    BOOST_TEST(reader.read("abc", body) == 3);
    BOOST_TEST(reader.status() == Status::incomplete);
    BOOST_TEST(reader.read("defg", body) == 2);
    BOOST_TEST(reader.status() == Status::complete);
    BOOST_TEST(body == "abcde");
    BOOST_TEST(BodyReader::of_length(0).status() == Status::complete);
}

BOOST_AUTO_TEST_CASE(chunks_are_joined)
{
    auto const result =
        read_chunked("3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nT: v\r\n\r\nnext");
    BOOST_TEST(result.status == Status::complete);
    BOOST_TEST(result.body == "abc0123456789");
    BOOST_TEST(result.used ==
               std::string_view("3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nT: v\r\n\r\n").size());
}

BOOST_AUTO_TEST_CASE(there_may_be_many_chunks)
{
    std::string bytes;
    for (int i = 0; i < 50; ++i)
        bytes += "1\r\nx\r\n";
    BOOST_TEST(read_chunked(bytes + "0\r\n\r\n").body == std::string(50, 'x'));
}

BOOST_AUTO_TEST_CASE(a_chunked_body_may_be_empty)
{
    auto const result = read_chunked("0\r\n\r\n");
    BOOST_TEST(result.status == Status::complete);
    BOOST_TEST(result.body == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_chunked_is_malformed)
{
    for (auto const* bytes : {"\r\n", "x", "-1\r\n", " 3\r\n", "0x3\r\n", "3\n", "3\rX",
             "3\r\nabcX", "3\r\nabc\rX", "3;a\nb\r\n", "3;a\n\n", "3\r\nabc\r\nX", "0\r\n\rX",
             "0\r\nT: v\nX", "0\r\nT\x01", "00000000000000003\r\n"})
        BOOST_TEST(read_chunked(bytes).status == Status::malformed, bytes);
}

BOOST_AUTO_TEST_CASE(chunks_that_another_reader_could_see_elsewhere_are_malformed)
{
    using namespace std::string_literals;
    for (auto const& bytes : {"3 2\r\nabc\r\n"s, "3\t2\r\n"s, "3 x\r\n"s, "3\v\r\n"s, "3\r\r\n"s,
             "+3\r\n"s, "3_2\r\n"s, "3,2\r\n"s, "3.0\r\n"s, "3h\r\n"s, "3\0\r\n"s, ";x\r\n"s,
             "3;x\rX"s, "3;\0\r\n"s, "3\r\nabc\n0\r\n\r\n"s, "3\r\nabc0\r\n\r\n"s,
             "3\r\nabc\r\n\r\n"s, "0\r\n\n"s, "0\r\nGET / HTTP/1.1\r\n"s, "0\r\nno colon\r\n"s,
             "0\r\n: v\r\n"s, "0\r\n folded: v\r\n"s, "0\r\nT : v\r\n"s, "0\r\nT: v\r\n v\r\n"s,
             "0\r\nT\r\n"s, "0\r\nT: v\rX"s, "0\r\nT: \0\r\n"s})
        BOOST_TEST(read_chunked(bytes).status == Status::malformed, bytes);
    for (auto const* bytes : {"3 \r\nabc\r\n0\r\n\r\n", "3\t ;x\r\nabc\r\n0\t\r\n\r\n",
             "003;x=\"0\"\r\nabc\r\n00;y\r\nT:\r\nU: v: w\r\n\r\n"})
        BOOST_TEST(read_chunked(bytes).body == "abc", bytes);
}

BOOST_AUTO_TEST_CASE(chunks_together_must_not_exceed_the_limit)
{
    auto const full = "60\r\n" + std::string(96, 'a') + "\r\n";
    BOOST_TEST(read_chunked(full + "4\r\nabcd\r\n0\r\n\r\n").status == Status::complete);
    BOOST_TEST(read_chunked(full + "5").status == Status::too_large);
    BOOST_TEST(read_chunked("65").status == Status::too_large);
    BOOST_TEST(read_chunked("FFFFFFFFFFFFFFFF").status == Status::too_large);
}

BOOST_AUTO_TEST_CASE(extensions_and_trailers_together_must_not_exceed_the_limit)
{
    std::string const extension = ";" + std::string(9, 'x');
    BOOST_TEST(read_chunked("1" + extension + "\r\na\r\n0\r\nT: 3456789\r\n\r\n").status ==
               Status::complete);
    BOOST_TEST(read_chunked("1" + extension + "\r\na\r\n0\r\nT: 34567890\r\n\r\n").status ==
               Status::malformed);
}

BOOST_AUTO_TEST_SUITE_END()
