#include "server/websocket_upgrade.hpp"

#include "server/deflate.hpp"
#include "server/header_list.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>

namespace bayeux::server {
namespace {

/// Not in any case, as other lists: names of protocols are compared as they are.
bool offers_protocol(std::string_view offered, std::string_view protocol)
{
    while (!offered.empty())
        if (take_element(offered) == protocol)
            return true;
    return false;
}

} // namespace

std::string websocket_accept(std::string_view key)
{
    auto const input = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, 20> digest{};
    EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    std::string accept(28, '\0');
    std::array<unsigned char, 29> encoded{};
    EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
    std::copy_n(encoded.begin(), accept.size(), accept.begin());
    return accept;
}

UpgradeAnswer append_upgrade(std::string& out, HeadView const& head, HttpSettings const& settings,
    ResponseFrame const& frame)
{
    // A body would be taken for frames.
    if (head.version != HeadView::Version::http_1_1 || head.has_body() ||
        head.websocket_key.size() != 24) {
        append_text_response(out, 400, frame, "Bad Upgrade\n", Content::whole);
        return {.refusal = 400};
    }
    if (head.websocket_version != "13") {
        append_head(out, 426, frame);
        append_header(out, "Sec-WebSocket-Version", "13");
        append_head_end(out, 0);
        return {.refusal = 426};
    }
    auto const& protocol = settings.ws_protocol;
    if (!protocol.empty() && !offers_protocol(head.websocket_protocols, protocol)) {
        append_text_response(out, 400, frame, "Unknown WebSocket Protocol\n", Content::whole);
        return {.refusal = 400};
    }
    auto const extensions =
        settings.ws_deflate ? agree_on_deflate(head.websocket_extensions) : std::nullopt;
    out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    append_header(out, "Sec-WebSocket-Accept", websocket_accept(head.websocket_key));
    if (!protocol.empty())
        append_header(out, "Sec-WebSocket-Protocol", protocol);
    if (extensions)
        append_header(out, "Sec-WebSocket-Extensions", *extensions);
    out += "\r\n";
    return {.upgrade = extensions ? Upgrade::deflated : Upgrade::plain};
}

} // namespace bayeux::server
