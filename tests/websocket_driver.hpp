#pragma once

#include "server/websocket.hpp"
#include "tests/http_driver.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::server {

enum class Fin : bool { no, yes };

/// A frame as clients send it: masked.
inline std::string client_frame(std::uint8_t opcode, std::string_view payload, Fin fin = Fin::yes)
{
    constexpr std::string_view mask = "\x37\xfa\x21\x3d";
    std::string frame;
    frame += static_cast<char>((fin == Fin::yes ? 0x80U : 0U) | opcode);
    auto const size = payload.size();
    auto const extended = size < 126 ? 0U : size <= 0xffff ? 2U : 8U;
    frame += static_cast<char>(0x80U | (extended == 0 ? size : extended == 2 ? 126U : 127U));
    for (auto at = extended; at-- > 0;)
        frame += static_cast<char>((size >> (8 * at)) & 0xffU);
    frame += mask;
    for (std::size_t at = 0; at < size; ++at)
        frame += static_cast<char>(payload[at] ^ mask[at % 4]);
    return frame;
}

inline std::string client_text(std::string_view payload)
{
    return client_frame(1, payload);
}

/// A whole connection without its socket: HTTP until the upgrade, then WebSocket.
class UpgradeDriver {
public:
    explicit UpgradeDriver(HttpSettings const& settings) : http(settings), settings_(settings) {}

    void send(std::string_view bytes)
    {
        if (websocket) {
            unconsumed += bytes;
            pump();
            return;
        }
        http.send(bytes);
        output += std::exchange(http.output, {});
        if (!http.connection.upgraded())
            return;
        websocket = std::make_unique<WebSocket>(
            settings_, http.connection.deflates() ? settings_.ws_deflate.get() : nullptr);
        unconsumed = std::exchange(http.unconsumed, {});
        pump();
    }

    bool closing() const { return websocket ? websocket->closing() : http.connection.closing(); }

    HttpDriver http;
    std::unique_ptr<WebSocket> websocket;
    std::string output;     ///< all that was sent back
    std::string unconsumed; ///< received, not taken yet
    std::vector<BayeuxRequest> requests;
    std::function<Reply(BayeuxRequest const&)> engine = echo;

private:
    void pump()
    {
        for (;;) {
            std::optional<BayeuxRequest> request;
            auto const used = websocket->consume(std::string(unconsumed), output, request);
            unconsumed.erase(0, used);
            if (!request)
                return;
            requests.push_back(std::move(*request));
            websocket->answer(engine(requests.back()), output);
        }
    }

    HttpSettings const& settings_;
};

inline std::string upgrade_request(
    std::string_view headers = "", std::string_view target = "/cometd")
{
    return "GET " + std::string(target) +
           " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(headers) + "\r\n";
}

} // namespace bayeux::server
