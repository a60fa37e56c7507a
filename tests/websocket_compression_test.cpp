// The cases of the Autobahn testsuite on compression: its sections 12 and 13. They send a thousand
// messages of each size; a few find the same, since none depends on those before.

#include "server/deflate.hpp"
#include "tests/websocket_cases.hpp"

#include <array>
#include <optional>
#include <random>
#include <zlib.h>

using namespace bayeux;
using namespace bayeux::server;
using namespace bayeux::testing;

namespace {

constexpr std::uint8_t deflated_bit = 0x40; // RSV1
constexpr std::size_t messages_of_each_size = 3;

struct Size {
    std::size_t message;
    std::size_t fragment; ///< 0: one frame
};
constexpr std::array<Size, 18> sizes{
    {{16, 0}, {64, 0}, {256, 0}, {1'024, 0}, {4'096, 0}, {8'192, 0}, {16'384, 0}, {32'768, 0},
        {65'536, 0}, {131'072, 0}, {8'192, 256}, {16'384, 256}, {32'768, 256}, {65'536, 256},
        {131'072, 256}, {131'072, 1'024}, {131'072, 4'096}, {131'072, 32'768}}};

/// A client's compression, in a window of its own choice and without memory of other messages.
std::string deflated(std::string_view message, int window_bits)
{
    z_stream stream{};
    BOOST_TEST_REQUIRE(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits, 8,
                           Z_DEFAULT_STRATEGY) == Z_OK);
    std::string input(message);
    std::string payload(deflateBound(&stream, input.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(payload.data());
    stream.avail_out = static_cast<uInt>(payload.size());
    BOOST_TEST_REQUIRE(deflate(&stream, Z_SYNC_FLUSH) == Z_OK);
    payload.resize(payload.size() - stream.avail_out - 4); // what every message would end with
    deflateEnd(&stream);
    return payload;
}

/// Text of so many bytes for a JSON string, as a mill of such texts makes it.
using Mill = std::string (*)(std::minstd_rand& random);

std::string json_like(std::minstd_rand& random)
{
    return R"({\"id\":)" + std::to_string(random() % 1'000) + R"(,\"tags\":[\"a\",\"b\"]},)";
}
std::string picture_like(std::minstd_rand& random)
{
    static int shade = 60; // the next pixel is nearly that of before
    shade = std::clamp(shade + static_cast<int>(random() % 3) - 1, 40, 90);
    return std::string(1, static_cast<char>(shade));
}
std::string prose_like(std::minstd_rand& random)
{
    constexpr std::array<std::string_view, 8> words{"und ", "nicht ", "der ",
        "gr\xc3\xbc"
        "nt ",
        "\xc3\xa4hnlich ", "Tor, ", "weit. ", "mu\xc3\x9f "};
    return std::string(words[random() % words.size()]);
}
std::string html_like(std::minstd_rand& random)
{
    return "<li class=x><a href=/" + std::to_string(random() % 100) + ">more</a>";
}
/// What cannot be compressed by much.
std::string noise(std::minstd_rand& random)
{
    constexpr std::string_view digits =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-";
    return std::string(1, digits[random() % digits.size()]);
}

/// In the order of the sections 12.1 to 12.5.
constexpr std::array<Mill, 5> mills{json_like, picture_like, prose_like, html_like, noise};

Exchange milled(Mill mill, std::size_t size, std::minstd_rand& random)
{
    if (size < exchange_of("").sent.size())
        return {R"({"channel":"/a"})", R"(["","/a"])"};
    auto const wanted = size - exchange_of("").sent.size();
    std::string data;
    for (auto more = mill(random); data.size() + more.size() <= wanted; more = mill(random))
        data += more;
    return exchange_of(data.append(wanted - data.size(), '.'));
}

struct CompressionCases : WireCases {
    CompressionCases() { ws_deflate = std::make_shared<MessageDeflate>(); }

    /// All sizes go there and back under the offer. Tells how many answers were compressed.
    std::size_t exchange(std::string const& section, std::string_view parameters, Mill mill,
        std::optional<int> window_bits)
    {
        offer = "Sec-WebSocket-Extensions: " + std::string(parameters) + "\r\n";
        UpgradeDriver driver(*this);
        driver.send(upgrade_request(offer));
        BOOST_TEST(driver.http.connection.deflates() == window_bits.has_value());
        driver.output.clear();
        std::minstd_rand random(12);
        std::size_t compressed = 0;
        for (std::size_t n = 0; n < sizes.size(); ++n) {
            auto const number = section + '.' + std::to_string(n + 1);
            for (std::size_t count = 0; count < messages_of_each_size; ++count) {
                auto const [sent, answer] = milled(mill, sizes[n].message, random);
                BOOST_TEST_REQUIRE(sent.size() == sizes[n].message);
                auto const payload = window_bits ? deflated(sent, *window_bits) : sent;
                auto const opcode =
                    static_cast<std::uint8_t>(window_bits ? deflated_bit | text : text);
                auto const fragment = sizes[n].fragment > 0 ? sizes[n].fragment : payload.size();
                driver.send(joined(fragments_of(payload, fragment, opcode)));
                auto frames = taken(driver.output);
                BOOST_TEST_REQUIRE(frames.size() == 1U, number << '\n' << shown(frames));
                if ((frames[0].opcode & deflated_bit) != 0) {
                    ++compressed;
                    BOOST_TEST_REQUIRE((MessageDeflate().decompress(frames[0].payload, 1'000'000) ==
                                        MessageDeflate::Result::ok));
                }
                BOOST_TEST((frames[0].payload == answer), number);
            }
        }
        driver.send(client_close(1000));
        BOOST_TEST((taken(driver.output) == std::vector<ServerFrame>{closed(1000)}));
        return compressed;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(websocket_compression, CompressionCases)

BOOST_AUTO_TEST_CASE(section_12_every_kind_of_text)
{
    for (std::size_t n = 0; n < mills.size(); ++n)
        // All but the first three sizes are worth it.
        BOOST_TEST(exchange("12." + std::to_string(n + 1),
                       "permessage-deflate; client_no_context_takeover; client_max_window_bits",
                       mills[n], 15) >= 14 * messages_of_each_size);
}

BOOST_AUTO_TEST_CASE(section_12_compressed_binary_messages_are_ignored)
{
    offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
    for (auto const& [size, fragment] : sizes) {
        auto const payload = deflated(std::string(size, '\xfe'), 15);
        auto const step = fragment > 0 ? fragment : payload.size();
        check("12.2, 12.3, 12.5", fragments_of(payload, step, deflated_bit | binary), {});
    }
}

BOOST_AUTO_TEST_CASE(section_13_every_offer)
{
    constexpr std::string_view basic =
        "permessage-deflate; client_no_context_takeover; client_max_window_bits";
    auto const with = [&](std::string_view more) { return std::string(basic).append(more); };
    // A window below 32 KiB we do not have: a client that insists on it gets no compression.
    struct {
        std::string parameters;
        std::optional<int> window_bits; ///< of the client
    } const rows[] = {
        {with(""), 15},
        {with("; server_no_context_takeover"), 9},
        {with("; server_max_window_bits=9"), std::nullopt},
        {with("; server_max_window_bits=15"), 9},
        {with("; server_no_context_takeover; server_max_window_bits=9"), std::nullopt},
        {with("; server_no_context_takeover; server_max_window_bits=15"), 15},
        {with("; server_no_context_takeover; server_max_window_bits=9, ") +
                with("; server_no_context_takeover, ") + with(""),
            9},
    };
    for (std::size_t n = 0; n < std::size(rows); ++n) {
        auto const compressed = exchange(
            "13." + std::to_string(n + 1), rows[n].parameters, json_like, rows[n].window_bits);
        BOOST_TEST((compressed > 0) == rows[n].window_bits.has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
