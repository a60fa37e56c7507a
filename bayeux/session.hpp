#pragma once

#include "bayeux/attributes.hpp"
#include "bayeux/extension.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/request.hpp"
#include "bayeux/time.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

/// Why a session ended.
enum class Removal {
    disconnected, ///< the client said /meta/disconnect
    expired,      ///< the client stayed silent (wire-behaviour 9)
    by_server,    ///< Session::disconnect()
    queue_full,   ///< the client did not fetch its messages; see EngineOptions::max_queue
    shutdown      ///< the server goes down
};

/// The server's side of one client, from its handshake on. Owned by the engine; a reference is
/// valid during the call that it was given to. To find a session again keep its id and ask
/// ServiceContext::session(). Engine thread.
///
/// What changes anything is carried out in order when the message being handled is dealt with, and
/// before its reply is sent: what a listener of a broadcast sends comes behind the broadcast.
class Session {
public:
    Session(Session const&) = delete;
    Session& operator=(Session const&) = delete;

    /// The clientId: 26 characters of `[a-z0-9]`, at least 128 random bits.
    std::string const& id() const;
    /// "address:port" the handshake came from, see Request::peer.
    std::string const& peer() const;
    /// The User-Agent of its handshake's request; empty when there was none, or when no service has
    /// asked for heads, see ServiceContext::need_request_heads().
    std::string_view user_agent() const;
    /// True for a LocalSession, whose id begins with its hint, and whose peer is "local".
    bool is_local() const;
    /// True from the first /meta/connect on.
    bool connected() const;
    /// Of its last message.
    Transport transport() const;
    std::vector<std::string_view> subscriptions() const;
    /// What waits for its client.
    std::size_t queue_size() const;
    Attributes& attributes();
    Attributes const& attributes() const;

    /// Sends `{channel, data}` to this client alone, whatever it is subscribed to. With `id` a
    /// remote call of the client is answered (wire-behaviour 10). Throws std::invalid_argument for
    /// numbers that JSON cannot hold, and as freeze().
    void deliver(std::string_view channel, boost::json::value const& data,
        std::optional<std::string_view> id = std::nullopt);
    template <MadeValue Data>
    void deliver(std::string_view channel, Data const& data,
        std::optional<std::string_view> id = std::nullopt)
    {
        deliver(channel, boost::json::value_from(data), id);
    }
    /// The same with JSON text.
    void deliver_json(std::string_view channel, std::string_view data_json,
        std::optional<std::string_view> id = std::nullopt);
    /// The same with a message that freeze() has made; several sessions may share it.
    void deliver(FrozenMessage message);
    /// As if the client had subscribed, but nobody is asked whether it may; the client is told
    /// nothing. Throws std::invalid_argument for a name that is bad, or of a /meta/ or /service/
    /// channel. The channel is created when it is not there.
    void subscribe(std::string_view channel);
    void unsubscribe(std::string_view channel);
    /// Ends the session and tells its client so (wire-behaviour 7).
    void disconnect();

    /// Hold and advised wait of this session's connects instead of the server's; its client is told
    /// with the next connect reply.
    void set_timeout(Duration timeout);
    void set_interval(Duration interval);
    /// Grace after a connect reply before this session expires, instead of the server's.
    void set_max_interval(Duration max_interval);
    Duration timeout() const;
    Duration interval() const;
    Duration max_interval() const;
    /// Only answers to this session's connects bring messages (EngineOptions::
    /// meta_connect_deliver_only says so for all).
    void set_meta_connect_deliver_only(bool value);
    /// Instead of EngineOptions::broadcast_to_publisher.
    void set_broadcast_to_publisher(bool value);
    /// Session extensions see this session's messages alone.
    void add_extension(std::shared_ptr<Extension> extension);

protected:
    Session() = default;
    ~Session() = default;
};

} // namespace bayeux
