#include "server/deflate.hpp"
#include "tests/websocket_fixture.hpp"

using namespace bayeux;
using namespace bayeux::server;
using namespace bayeux::testing;

namespace {

constexpr std::uint8_t deflated_bit = 0x40; // RSV1
constexpr std::uint8_t first_deflated = deflated_bit | text;

/// A socket that has agreed on permessage-deflate.
struct DeflatedSocket : SocketSettings {
    DeflatedSocket()
    {
        ws_deflate = std::make_shared<MessageDeflate>();
        offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
    }
};

/// Of a message with many blanks, since a short one is not worth it.
std::string deflated(std::string_view message)
{
    return MessageDeflate().compress(std::string(message) + std::string(100, ' ')).value();
}

std::string inflated(std::string payload)
{
    BOOST_TEST((MessageDeflate().decompress(payload, 1'000'000) == MessageDeflate::Result::ok));
    return payload;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(websocket_deflate, DeflatedSocket)

BOOST_AUTO_TEST_CASE(compression_is_agreed_on_when_it_is_wanted_and_offered)
{
    auto const extension = [this](std::string_view headers) {
        UpgradeDriver driver(*this);
        driver.send(upgrade_request(headers));
        BOOST_TEST(driver.http.connection.upgraded());
        auto const begin = driver.output.find("Sec-WebSocket-Extensions: ");
        BOOST_TEST(driver.http.connection.deflates() == (begin != std::string::npos));
        return begin == std::string::npos ? "" : driver.output.substr(begin + 26);
    };
    BOOST_TEST(extension(offer) == "permessage-deflate; server_no_context_takeover; "
                                   "client_no_context_takeover\r\n\r\n");
    BOOST_TEST(extension("") == "");
    BOOST_TEST(extension("Sec-WebSocket-Extensions: x-other\r\n") == "");
    ws_deflate = nullptr;
    BOOST_TEST(extension(offer) == "");
}

BOOST_AUTO_TEST_CASE(a_compressed_message_is_a_batch_in_one_frame_or_several)
{
    auto const payload = deflated(batch);
    BOOST_TEST(
        (to(client_frame(first_deflated, payload)) == std::vector<ServerFrame>{{text, echoed}}));
    BOOST_TEST((to(client_frame(first_deflated, payload.substr(0, 5), Fin::no) +
                    client_frame(ping, "p") + client_frame(continuation, payload.substr(5))) ==
                std::vector<ServerFrame>{{pong, "p"}, {text, echoed}}));
    BOOST_TEST((to(client_text(batch)) == std::vector<ServerFrame>{{text, echoed}}),
        "one that is not compressed too");
    BOOST_TEST(to(client_frame(first_deflated, deflated("[]"))).empty());
    BOOST_TEST(to(client_frame(deflated_bit | binary, "\xff")).empty());
}

BOOST_AUTO_TEST_CASE(a_compressed_message_is_bounded_by_what_becomes_of_it)
{
    auto const bomb = deflated(std::string(999'900, ' '));
    ws_max_compression_ratio = 10'000;
    ws_max_message_size = 1'000'000;
    BOOST_TEST(close_code(client_frame(first_deflated, bomb)) == 0U);
    ws_max_message_size = 999'999;
    BOOST_TEST(close_code(client_frame(first_deflated, bomb)) == 1009U);
}

BOOST_AUTO_TEST_CASE(a_long_message_is_no_more_times_as_long_as_its_compressed_form_than_the_ratio)
{
    auto const code = [this](std::size_t size) {
        return close_code(client_frame(first_deflated, deflated(std::string(size, ' '))));
    };
    BOOST_TEST(code(65'000) == 0U);
    BOOST_TEST(code(70'000) == 1009U);
    ws_max_compression_ratio = 10'000;
    BOOST_TEST(code(70'000) == 0U);
}

BOOST_AUTO_TEST_CASE(wrong_compression_closes_the_socket)
{
    BOOST_TEST(close_code(client_frame(first_deflated, "\xff\xff\xff")) == 1007U);
    BOOST_TEST(close_code(client_frame(first_deflated, deflated("\xff"))) == 1007U, "not UTF-8");
    BOOST_TEST(close_code(client_frame(first_deflated, deflated("no batch"))) == 1011U);
    for (auto const opcode : {close_frame, ping, pong})
        BOOST_TEST(close_code(client_frame(deflated_bit | opcode, "")) == 1002U);
    BOOST_TEST(close_code(client_frame(text, "[", Fin::no) +
                          client_frame(deflated_bit | continuation, "]")) == 1002U);
    BOOST_TEST(close_code(client_frame(first_deflated | 0x20, "")) == 1002U);
    offer.clear();
    BOOST_TEST(close_code(client_frame(first_deflated, deflated(batch))) == 1002U, "not agreed on");
}

BOOST_AUTO_TEST_CASE(long_frames_are_compressed_when_that_makes_them_shorter)
{
    std::string const long_text(2'000, 'x');
    Reply reply;
    reply.messages = {frozen(long_text), frozen("{\"short\":1}")};
    reply.replies = std::string(1'500, 'y');
    auto const frames = answered(reply);
    BOOST_TEST_REQUIRE(frames.size() == 3U);
    BOOST_TEST(frames[0].opcode == first_deflated);
    BOOST_TEST(frames[0].payload.size() < 100U);
    BOOST_TEST(inflated(frames[0].payload) == '[' + long_text + ']');
    BOOST_TEST((frames[1] == ServerFrame{text, "[{\"short\":1}]"}));
    BOOST_TEST(frames[2].opcode == first_deflated);
    BOOST_TEST(inflated(frames[2].payload) == '[' + reply.replies + ']');
    reply.whole = true;
    BOOST_TEST(inflated(answered(reply).at(0).payload) ==
               '[' + long_text + ",{\"short\":1}," + reply.replies + ']');
    reply.whole = false;
    offer.clear();
    BOOST_TEST(
        (answered(reply).at(0) == ServerFrame{text, '[' + long_text + ']'}), "not agreed on");
}

BOOST_AUTO_TEST_SUITE_END()
