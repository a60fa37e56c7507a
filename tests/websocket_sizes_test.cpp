// The cases of the Autobahn testsuite on sizes: its sections 9 and 10.

#include "tests/websocket_cases.hpp"

#include <array>

using namespace bayeux;
using namespace bayeux::server;
using namespace bayeux::testing;

namespace {

constexpr std::size_t kilo = 1'024;
constexpr std::size_t mega = 1'024 * kilo;

/// A server that lets through the largest message of the list; by default it would close with 1009.
struct LargeCases : WireCases {
    LargeCases() { ws_max_message_size = 16 * mega; }

    /// As text, and as what a binary message is: no message.
    void check_both(std::string const& text_case, std::string const& binary_case, std::size_t size,
        std::size_t fragment, std::size_t chop) const
    {
        auto const [sent, answer] = exchange_of_size(size);
        check(text_case, chopped(joined(fragments_of(sent, fragment)), chop), {{text, answer}});
        std::string const bytes(size, '\xfe');
        check(binary_case, chopped(joined(fragments_of(bytes, fragment, binary)), chop), {});
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(websocket_sizes, LargeCases)

BOOST_AUTO_TEST_CASE(sections_9_1_and_9_2_messages_of_up_to_16_megabytes)
{
    std::array const sizes{64 * kilo, 256 * kilo, mega, 4 * mega, 8 * mega, 16 * mega};
    for (std::size_t n = 0; n < sizes.size(); ++n) {
        auto const number = std::to_string(n + 1);
        check_both("9.1." + number, "9.2." + number, sizes[n], sizes[n], 64 * kilo);
    }
}

BOOST_AUTO_TEST_CASE(sections_9_1_and_9_2_one_byte_more_is_too_large)
{
    auto const too_large = exchange_of_size(ws_max_message_size + 1).sent;
    for (auto const opcode : {text, binary}) {
        check("one frame", chopped(client_frame(opcode, too_large), 64 * kilo), {closed(1009)});
        check("fragments", fragments_of(too_large, mega, opcode), {closed(1009)});
    }
    ws_max_message_size = HttpSettings().ws_max_message_size;
    check("by default", {client_text(exchange_of_size(mega + 1).sent)}, {closed(1009)});
    auto const [sent, answer] = exchange_of_size(mega);
    check("by default", {client_text(sent)}, {{text, answer}});
}

BOOST_AUTO_TEST_CASE(sections_9_3_and_9_4_fragments_of_every_size)
{
    std::array const sizes{std::size_t{64}, std::size_t{256}, kilo, 4 * kilo, 16 * kilo, 64 * kilo,
        256 * kilo, mega, 4 * mega};
    for (std::size_t n = 0; n < sizes.size(); ++n) {
        auto const number = std::to_string(n + 1);
        check_both("9.3." + number, "9.4." + number, 4 * mega, sizes[n], 64 * kilo);
    }
}

BOOST_AUTO_TEST_CASE(sections_9_5_and_9_6_pieces_of_every_size)
{
    std::size_t chop = 64;
    for (int n = 1; n <= 6; ++n, chop *= 2)
        check_both("9.5." + std::to_string(n), "9.6." + std::to_string(n), mega, mega, chop);
}

BOOST_AUTO_TEST_CASE(sections_9_7_and_9_8_one_message_after_the_other)
{
    // A message of 16 bytes is one that says little.
    std::array<Exchange, 6> const exchanges{Exchange{"", ""},
        Exchange{R"({"channel":"/a"})", R"(["","/a"])"}, exchange_of_size(64),
        exchange_of_size(256), exchange_of_size(kilo), exchange_of_size(4 * kilo)};
    std::array<std::size_t, 6> const sizes{0, 16, 64, 256, kilo, 4 * kilo};
    for (std::size_t n = 0; n < sizes.size(); ++n) {
        BOOST_TEST(exchanges[n].sent.size() == sizes[n]);
        auto const number = '.' + std::to_string(n + 1);
        for (auto const opcode : {text, binary}) {
            UpgradeDriver driver(*this);
            driver.send(upgrade_request());
            driver.output.clear();
            std::vector<ServerFrame> answer;
            if (opcode == text && sizes[n] > 0)
                answer.push_back({text, exchanges[n].answer});
            for (int count = 0; count < 1'000; ++count) {
                driver.send(client_frame(opcode, exchanges[n].sent));
                auto const got = taken(driver.output);
                BOOST_TEST_REQUIRE(
                    (got == answer), (opcode == text ? "9.7" : "9.8") + number + '\n' + shown(got));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(section_10_a_client_that_splits_all_it_sends)
{
    auto const [sent, answer] = exchange_of_size(65'536);
    auto const frames = fragments_of(sent, 1'300);
    BOOST_TEST(frames.size() == 51U);
    check({"10.1.1", frames, {{text, answer}}});
}

BOOST_AUTO_TEST_SUITE_END()
