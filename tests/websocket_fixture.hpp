#pragma once

#include "server/websocket.hpp"
#include "tests/http_fixture.hpp"
#include "tests/websocket_driver.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::testing {

using namespace bayeux::server;

constexpr std::uint8_t continuation = 0;
constexpr std::uint8_t text = 1;
constexpr std::uint8_t binary = 2;
constexpr std::uint8_t close_frame = 8;
constexpr std::uint8_t ping = 9;
constexpr std::uint8_t pong = 10;

inline std::string const batch = R"([{"channel":"/a","data":1}])";
inline std::string const echoed = R"(["","/a",1])";

struct ServerFrame {
    unsigned opcode; ///< and the bit of compressed messages
    std::string payload;
    friend bool operator==(ServerFrame const&, ServerFrame const&) = default;
    friend std::ostream& operator<<(std::ostream& out, ServerFrame const& frame)
    {
        return out << frame.opcode << ' ' << frame.payload;
    }
};

/// What a server may send: whole frames, unmasked, lengths in their shortest form.
inline std::vector<ServerFrame> frames_of(std::string_view bytes)
{
    auto const byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes.at(at)); };
    std::vector<ServerFrame> frames;
    while (!bytes.empty()) {
        BOOST_TEST_REQUIRE((byte(0) & 0xb0U) == 0x80U);
        std::size_t size = byte(1);
        auto const extended = size < 126 ? 0U : size == 126 ? 2U : size == 127 ? 8U : 99U;
        BOOST_TEST_REQUIRE(extended != 99U, "masked");
        if (extended > 0)
            size = 0;
        for (std::size_t at = 0; at < extended; ++at)
            size = size << 8U | byte(2 + at);
        BOOST_TEST((extended == 0 || size > (extended == 2 ? 125U : 0xffffU)));
        BOOST_TEST_REQUIRE(bytes.size() >= 2 + extended + size);
        frames.push_back({byte(0) & 0x4fU, std::string(bytes.substr(2 + extended, size))});
        bytes.remove_prefix(2 + extended + size);
    }
    return frames;
}

/// What a WebSocket makes of frames, under settings that a test may change.
struct SocketSettings : HttpSettings {
    std::string offer; ///< header lines of the upgrade

    /// All that is sent behind the upgrade in answer to `bytes`.
    std::vector<ServerFrame> to(std::string_view bytes) const
    {
        UpgradeDriver driver(*this);
        driver.send(upgrade_request(offer));
        driver.output.clear();
        driver.send(bytes);
        return frames_of(driver.output);
    }

    std::vector<ServerFrame> answered(Reply const& reply) const
    {
        WebSocket socket(*this, offer.empty() ? nullptr : ws_deflate.get());
        std::string out;
        socket.answer(reply, out);
        return frames_of(out);
    }

    /// The code with which `bytes` make the server close, or 0.
    unsigned close_code(std::string_view bytes) const
    {
        UpgradeDriver driver(*this);
        driver.send(upgrade_request(offer));
        driver.output.clear();
        driver.send(bytes);
        auto const frames = frames_of(driver.output);
        BOOST_TEST(driver.closing() == !frames.empty());
        if (frames.empty())
            return 0;
        auto const& last = frames.back();
        BOOST_TEST_REQUIRE(last.opcode == close_frame);
        BOOST_TEST_REQUIRE(last.payload.size() >= 2U);
        BOOST_TEST(last.payload.size() <= 32U);
        driver.output.clear();
        driver.send(client_text(batch));
        BOOST_TEST(driver.output == "", "nothing behind a close");
        BOOST_TEST(driver.unconsumed == "");
        return static_cast<unsigned>(static_cast<unsigned char>(last.payload[0])) << 8U |
               static_cast<unsigned char>(last.payload[1]);
    }
};

inline FrozenMessage frozen(std::string json)
{
    return std::make_shared<Frozen const>(Frozen{"/a", std::move(json)});
}

} // namespace bayeux::testing
