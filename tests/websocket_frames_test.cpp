// The cases of the Autobahn testsuite on frames: its sections 1 to 5 and 7.

#include "tests/websocket_cases.hpp"

#include <array>

using namespace bayeux;
using namespace bayeux::server;
using namespace bayeux::testing;

namespace {

ServerFrame const answered_batch{text, echoed};

std::string with_reserved_bits(unsigned bits, std::string frame)
{
    frame[0] = static_cast<char>(static_cast<unsigned char>(frame[0]) | bits << 4U);
    return frame;
}

std::string part(std::uint8_t opcode, std::string_view payload)
{
    return client_frame(opcode, payload, Fin::no);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(websocket_frames, WireCases)

BOOST_AUTO_TEST_CASE(section_1_1_text_of_every_length)
{
    check({"1.1.1", {client_text("")}, {}});
    std::array<std::size_t, 6> const sizes{125, 126, 127, 128, 65'535, 65'536};
    for (std::size_t n = 0; n < sizes.size(); ++n) {
        auto const [sent, answer] = exchange_of_size(sizes[n]);
        check({"1.1." + std::to_string(n + 2), {client_text(sent)}, {{text, answer}}});
    }
    auto const [sent, answer] = exchange_of_size(65'536);
    check("1.1.8", chopped(client_text(sent), 997), {{text, answer}});
}

BOOST_AUTO_TEST_CASE(section_1_2_binary_of_every_length)
{
    std::array<std::size_t, 7> const sizes{0, 125, 126, 127, 128, 65'535, 65'536};
    for (std::size_t n = 0; n < sizes.size(); ++n)
        check({"1.2." + std::to_string(n + 1),
            {client_frame(binary, std::string(sizes[n], '\xfe'))}, {}});
    check("1.2.8", chopped(client_frame(binary, std::string(65'536, '\xfe')), 997), {});
}

BOOST_AUTO_TEST_CASE(section_2_pings_and_pongs)
{
    std::string const longest(125, '\xfe');
    std::vector<std::string> pings;
    std::vector<ServerFrame> pongs;
    for (auto n = 0; n < 10; ++n) {
        pings.push_back(client_frame(ping, std::to_string(n)));
        pongs.push_back({pong, std::to_string(n)});
    }
    check({
        {"2.1", {client_frame(ping, "")}, {{pong, ""}}},
        {"2.2", {client_frame(ping, "text")}, {{pong, "text"}}},
        {"2.3", {client_frame(ping, "\xff\xfe\x80")}, {{pong, "\xff\xfe\x80"}}},
        {"2.4, 2.6", {client_frame(ping, longest)}, {{pong, longest}}},
        {"2.5", {client_frame(ping, longest + '\xfe')}, {closed(1002)}},
        {"2.7", {client_frame(pong, "")}, {}},
        {"2.8", {client_frame(pong, "unasked")}, {}},
        {"2.9", {client_frame(pong, "unasked"), client_frame(ping, "p")}, {{pong, "p"}}},
        {"2.10, 2.11", pings, pongs},
    });
}

BOOST_AUTO_TEST_CASE(section_3_reserved_bits)
{
    auto const message = client_text(batch);
    auto const after = client_frame(ping, "");
    check({
        {"3.1", {with_reserved_bits(1, message)}, {closed(1002)}},
        {"3.2", {message, with_reserved_bits(2, message), after}, {answered_batch, closed(1002)}},
        {"3.3", {message, with_reserved_bits(3, message), after}, {answered_batch, closed(1002)}},
        {"3.4", {message, with_reserved_bits(4, message), after}, {answered_batch, closed(1002)}},
        {"3.5", {with_reserved_bits(5, client_frame(binary, "\xff"))}, {closed(1002)}},
        {"3.6", {with_reserved_bits(6, client_frame(ping, "p"))}, {closed(1002)}},
        {"3.7", {with_reserved_bits(7, client_frame(close_frame, ""))}, {closed(1002)}},
    });
}

BOOST_AUTO_TEST_CASE(section_4_reserved_opcodes)
{
    auto const message = client_text(batch);
    auto const after = client_frame(ping, "");
    struct {
        std::string_view section;
        std::uint8_t first;
    } const groups[] = {{"4.1.", 3}, {"4.2.", 11}};
    for (auto const& [section, first] : groups) {
        auto const number = [prefix = section](
                                int n) { return std::string(prefix) + std::to_string(n); };
        auto const frame = [opcode = first](int n, std::string_view payload) {
            return client_frame(static_cast<std::uint8_t>(opcode + n - 1), payload);
        };
        check({
            {number(1), {frame(1, "")}, {closed(1002)}},
            {number(2), {frame(2, "payload")}, {closed(1002)}},
            {number(3), {message, frame(3, ""), after}, {answered_batch, closed(1002)}},
            {number(4), {message, frame(4, batch), after}, {answered_batch, closed(1002)}},
            {number(5), {message, frame(5, batch), after}, {answered_batch, closed(1002)}},
        });
    }
}

BOOST_AUTO_TEST_CASE(section_5_fragments)
{
    auto const head = batch.substr(0, 9);
    auto const tail = batch.substr(9);
    auto const message = client_text(batch);
    auto const asked = client_frame(ping, "between");
    ServerFrame const told{pong, "between"};
    check({
        {"5.1", {part(ping, head), client_frame(continuation, tail)}, {closed(1002)}},
        {"5.2", {part(pong, head), client_frame(continuation, tail)}, {closed(1002)}},
        {"5.3 to 5.5", {part(text, head), client_frame(continuation, tail)}, {answered_batch}},
        {"5.6 to 5.8", {part(text, head), asked, client_frame(continuation, tail)},
            {told, answered_batch}},
        {"5.9 to 5.11", {client_frame(continuation, batch), message}, {closed(1002)}},
        {"5.12 to 5.14", {part(continuation, batch), message}, {closed(1002)}},
        {"5.15",
            {part(text, head), client_frame(continuation, tail), part(continuation, head), message},
            {answered_batch, closed(1002)}},
        {"5.16",
            {part(continuation, head), part(text, head), client_frame(continuation, tail),
                part(continuation, head), part(text, head), client_frame(continuation, tail)},
            {closed(1002)}},
        {"5.17",
            {client_frame(continuation, head), part(text, head), client_frame(continuation, tail),
                client_frame(continuation, head), part(text, head),
                client_frame(continuation, tail)},
            {closed(1002)}},
        {"5.18", {part(text, head), client_text(tail)}, {closed(1002)}},
    });
}

BOOST_AUTO_TEST_CASE(section_5_pings_between_fragments_are_answered_at_once)
{
    auto const piece = [](std::size_t n) { return std::string_view(batch).substr(n * 5, 5); };
    std::vector<std::string> const first{
        part(text, piece(0)), part(continuation, piece(1)), client_frame(ping, "1")};
    std::vector<std::string> const second{part(continuation, piece(2)),
        part(continuation, piece(3)), client_frame(ping, "2"),
        client_frame(continuation, batch.substr(20))};
    auto all = first;
    all.insert(all.end(), second.begin(), second.end());
    check({"5.19, 5.20", all, {{pong, "1"}, {pong, "2"}, answered_batch}});

    UpgradeDriver driver(*this);
    driver.send(upgrade_request());
    driver.output.clear();
    driver.send(joined(first));
    BOOST_TEST((taken(driver.output) == std::vector<ServerFrame>{{pong, "1"}}));
    driver.send(joined(second));
    BOOST_TEST((taken(driver.output) == std::vector<ServerFrame>{{pong, "2"}, answered_batch}));
}

BOOST_AUTO_TEST_CASE(section_7_1_nothing_counts_behind_a_close)
{
    auto const message = client_text(batch);
    auto const close = client_close(1000);
    auto const [sent, answer] = exchange_of_size(262'144);
    check({
        {"7.1.1", {message, close}, {answered_batch, closed(1000)}},
        {"7.1.2", {close, client_frame(close_frame, "")}, {closed(1000)}},
        {"7.1.3", {close, client_frame(ping, "")}, {closed(1000)}},
        {"7.1.4", {close, message}, {closed(1000)}},
        {"7.1.5", {part(text, batch), close, client_frame(continuation, "")}, {closed(1000)}},
        {"7.1.6", {client_text(sent), message, close, client_frame(ping, "")},
            {{text, answer}, answered_batch, closed(1000)}},
    });
}

BOOST_AUTO_TEST_CASE(section_7_3_and_7_5_what_a_close_says)
{
    check({
        {"7.3.1", {client_frame(close_frame, "")}, {{close_frame, ""}}},
        {"7.3.2", {client_frame(close_frame, "a")}, {closed(1002)}},
        {"7.3.3", {client_close(1000)}, {closed(1000)}},
        {"7.3.4", {client_close(1000, "a reason")}, {closed(1000)}},
        {"7.3.5", {client_close(1000, std::string(123, '*'))}, {closed(1000)}},
        {"7.3.6", {client_close(1000, std::string(124, '*'))}, {closed(1002)}},
        {"7.5.1", {client_close(1000, "\xc3\xa9t\xc3\xa9 \xed\xa0\x80 passed")}, {closed(1007)}},
    });
}

BOOST_AUTO_TEST_CASE(section_7_7_close_codes_that_are_echoed)
{
    std::array const codes{
        1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 3000U, 3999U, 4000U, 4999U};
    for (std::size_t n = 0; n < codes.size(); ++n)
        check({"7.7." + std::to_string(n + 1), {client_close(codes[n])}, {closed(codes[n])}});
}

BOOST_AUTO_TEST_CASE(section_7_9_close_codes_that_none_may_send)
{
    std::array const codes{0U, 999U, 1004U, 1005U, 1006U, 1016U, 1100U, 2000U, 2999U};
    for (std::size_t n = 0; n < codes.size(); ++n)
        check({"7.9." + std::to_string(n + 1), {client_close(codes[n])}, {closed(1002)}});
    check({{"7.13.1", {client_close(5'000)}, {closed(1002)}},
        {"7.13.2", {client_close(65'535)}, {closed(1002)}}});
}

BOOST_AUTO_TEST_SUITE_END()
