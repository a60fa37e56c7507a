#pragma once

#include "tests/websocket_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::testing {

/// What the frames of a client bring about. The number is that of the case in the Autobahn
/// testsuite that asks the same of a server that sends back all it gets; ours has the message
/// answered by the engine instead, and ignores one that is empty or binary.
struct WireCase {
    std::string number;
    std::vector<std::string> frames; ///< of the client
    std::vector<ServerFrame> answer; ///< of a close frame the code alone
};

inline std::string close_payload(unsigned code, std::string_view reason = "")
{
    std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    return payload += reason;
}

inline std::string client_close(unsigned code, std::string_view reason = "")
{
    return client_frame(close_frame, close_payload(code, reason));
}

inline ServerFrame closed(unsigned code)
{
    return {close_frame, close_payload(code)};
}

/// A message as such, and what the engine makes of it.
struct Exchange {
    std::string sent;
    std::string answer;
};

/// `data` stands in a JSON string as it is.
inline Exchange exchange_of(std::string_view data)
{
    auto const quoted = '"' + std::string(data) + '"';
    return {R"([{"channel":"/a","data":)" + quoted + "}]", R"(["","/a",)" + quoted + "]"};
}

/// Of so many bytes, 27 at least.
inline Exchange exchange_of_size(std::size_t size)
{
    auto const around = exchange_of("").sent.size();
    BOOST_TEST_REQUIRE(size >= around);
    return exchange_of(std::string(size - around, '*'));
}

/// A message in frames of so many bytes each; the first may be marked as compressed.
inline std::vector<std::string> fragments_of(
    std::string_view payload, std::size_t size, std::uint8_t opcode = text)
{
    std::vector<std::string> frames;
    do {
        auto const part = payload.substr(0, size);
        payload.remove_prefix(part.size());
        frames.push_back(client_frame(
            frames.empty() ? opcode : continuation, part, payload.empty() ? Fin::yes : Fin::no));
    } while (!payload.empty());
    return frames;
}

inline std::string joined(std::vector<std::string> const& frames)
{
    std::string bytes;
    for (auto const& frame : frames)
        bytes += frame;
    return bytes;
}

inline std::vector<std::string> chopped(std::string_view bytes, std::size_t size)
{
    std::vector<std::string> pieces;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
        pieces.emplace_back(bytes.substr(0, size));
    return pieces;
}

/// A socket that shows what came back frame by frame.
struct WireCases : SocketSettings {
    /// As text that tells what differs.
    static std::string shown(std::vector<ServerFrame> const& frames)
    {
        std::string all;
        for (auto const& [opcode, payload] : frames) {
            all += std::to_string(opcode) + ' ' + std::to_string(payload.size()) + " bytes ";
            all += payload.substr(0, 60) + '\n';
        }
        return all;
    }

    static std::vector<ServerFrame> taken(std::string& output)
    {
        auto frames = frames_of(std::exchange(output, {}));
        for (auto& frame : frames)
            if (frame.opcode == close_frame)
                frame.payload.resize(std::min<std::size_t>(frame.payload.size(), 2));
        return frames;
    }

    /// The answer is the expected one, and then either the socket is closed for good, or it
    /// answers on and closes cleanly.
    void check(std::string const& what, std::vector<std::string> const& pieces,
        std::vector<ServerFrame> const& answer) const
    {
        BOOST_TEST_CONTEXT(what)
        {
            UpgradeDriver driver(*this);
            driver.send(upgrade_request(offer));
            driver.output.clear();
            for (auto const& piece : pieces)
                driver.send(piece);
            auto const got = taken(driver.output);
            BOOST_TEST((got == answer), shown(got) << "instead of\n" << shown(answer));
            bool const closes = !answer.empty() && answer.back().opcode == close_frame;
            BOOST_TEST(driver.closing() == closes);
            driver.send(client_text(batch) + client_frame(ping, "p") + client_close(1000));
            auto const on = taken(driver.output);
            if (closes)
                BOOST_TEST(on.empty(), shown(on));
            else
                BOOST_TEST(
                    (on == std::vector<ServerFrame>{{text, echoed}, {pong, "p"}, closed(1000)}),
                    shown(on));
            BOOST_TEST(driver.unconsumed == "");
        }
    }

    /// In one piece, frame by frame, and byte by byte.
    void check(WireCase const& wire) const
    {
        auto const bytes = joined(wire.frames);
        check(wire.number + " whole", {bytes}, wire.answer);
        check(wire.number + " in frames", wire.frames, wire.answer);
        check(wire.number + " in bytes", chopped(bytes, 1), wire.answer);
    }

    void check(std::vector<WireCase> const& cases) const
    {
        for (auto const& wire : cases)
            check(wire);
    }
};

} // namespace bayeux::testing
