#pragma once

#include "bayeux/message.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/request.hpp"
#include "server/http_response.hpp"
#include "server/http_settings.hpp"
#include "server/websocket_upgrade.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace bayeux::server {

struct RequestTarget;

/// A request for the engine.
struct BayeuxRequest {
    Request request;                              ///< without addresses: the caller knows them
    Batch batch;                                  ///< empty when it is none of messages
    std::string client_id = {};                   ///< whose stream is to be opened (eventsource)
    std::optional<std::string> service_body = {}; ///< of a request that a service answers
};

/// One HTTP/1.x connection without its socket: bytes in, bytes out, no clock. It belongs to one I/O
/// loop and is used from there alone.
///
/// The caller reads bytes, gives them to consume(), sends `out`, and keeps what was not consumed:
///
/// - awaiting_answer(): a request for the engine has come out. No consume() until answer(), so that
///   responses keep the order of requests.
/// - streaming(): each reply is an event, until one that failed ends the stream. What the other
/// side
///   still sends is dropped.
/// - upgraded(): from here on the bytes, also those left, are a WebSocket's.
/// - closing(): once all of `out` is sent, shut down sending, read and drop what still comes
///   (otherwise a TCP reset may overtake the response), close.
/// - neither, and bytes are left: `out` has grown large (pipelined requests for files). Send
///   it, then call consume() again with the same bytes.
///
/// While idle, or waiting for the engine, it holds no buffer and no parser; an origin and a
/// callback to name in the answer are all that may be on the heap, and a head that is kept. What it
/// answers never depends on how the bytes were split.
class HttpConnection {
public:
    /// `settings` must outlive the connection. `peer`: "address:port" of the other side.
    explicit HttpConnection(HttpSettings const& settings, std::string peer = {});
    ~HttpConnection();
    HttpConnection(HttpConnection&&) noexcept;
    HttpConnection& operator=(HttpConnection&&) = delete;

    /// Takes bytes of the other side and returns how many of them. What needs no engine is answered
    /// to `out`: files, OPTIONS, errors, 100 Continue. Stops behind the first complete
    /// request for the engine, which it puts in `request` (empty before). Keeps no view into
    /// `bytes`.
    ///
    /// While closing() it takes everything and answers nothing.
    [[nodiscard]] std::size_t consume(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);

    /// Appends the response to the request that consume() gave out, or an event.
    void answer(Reply const& reply, std::string& out);

    /// The same for a request that a service answers.
    void answer(WebReply const& reply, std::string& out);

    /// The time for a request is up: appends 408 when one has begun, and closing() is true from now
    /// on. Not while awaiting_answer().
    void time_out(std::string& out);

    /// The next response says `Connection: close` (the server is draining).
    void close_after_answer() { draining_ = true; }

    /// "address:port" of who has sent the current request, and all that comes after an upgrade: the
    /// other side or, when that is a trusted proxy, whom it speaks for.
    std::string const& client() const { return client_; }
    bool awaiting_answer() const { return awaiting_answer_; }
    bool streaming() const { return is_stream_ && !awaiting_answer_; }
    bool upgraded() const { return upgrade_ != Upgrade::none; }
    /// The upgrade has agreed on permessage-deflate.
    bool deflates() const { return upgrade_ == Upgrade::deflated; }
    /// The head of the request that has upgraded it; null when heads are not kept.
    std::shared_ptr<RequestHead const> upgrade_head() const;
    bool closing() const { return closing_; }
    /// Bytes it keeps of a request that is not complete.
    std::size_t kept() const;
    /// No request has begun, none is being answered.
    bool idle() const
    {
        return !partial_ && !awaiting_answer_ && !is_stream_ && !closing_ && !in_proxy_header();
    }

private:
    struct Post;
    struct Partial;
    struct Extra;
    struct Proxy;

    // Each returns how many of `bytes` it has used.
    std::size_t take_proxy_header(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);
    std::size_t take_head(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);
    std::size_t take_more_head(
        std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request);
    std::size_t take_body(Post& post, std::string_view bytes, std::string& out,
        std::optional<BayeuxRequest>& request);

    /// `bytes` follow `head`; returns how many of them belong to the request.
    std::size_t begin_request(std::string_view head, std::string_view bytes, std::string& out,
        std::optional<BayeuxRequest>& request);
    std::size_t begin_post(HeadView const& head, std::string_view bytes, std::string& out,
        std::optional<BayeuxRequest>& request);
    std::size_t begin_service_request(HeadView const& head, std::string_view bytes,
        std::string& out, std::optional<BayeuxRequest>& request);
    std::size_t begin_body(HeadView const& head, Post post, std::string_view bytes,
        std::string& out, std::optional<BayeuxRequest>& request);
    /// False when the request is none of callback-polling.
    bool begin_callback(HeadView const& head, RequestTarget const& target, std::string& out,
        std::optional<BayeuxRequest>& request);
    /// False when the request asks for no stream.
    bool begin_stream(HeadView const& head, RequestTarget const& target, std::string& out,
        std::optional<BayeuxRequest>& request);
    void answer_other(HeadView const& head, std::string& out);
    void upgrade(HeadView const& head, std::string& out);
    Request about(HeadView const& head, Transport transport) const;
    void submit(Request request, std::variant<Batch, ParseError> parsed, std::string& out,
        std::optional<BayeuxRequest>& into);
    void refuse(unsigned status, std::string& out);
    void note_refusal(unsigned status) const;
    bool take_place(std::string& out);
    bool in_proxy_header() const;
    void refuse_origin(std::string& out);
    /// True, and answered, when a page of another origin asks in the name of its visitor.
    bool refuse_visitor(HeadView const& head, std::string& out);
    void end_request();
    bool is_client_script(std::string_view path) const;
    bool refuses_origin(HeadView const& head) const;
    bool is_mounted(std::string_view path) const;
    bool is_for_service(std::string_view path) const;
    ResponseFrame frame() const;

    HttpSettings const* settings_;
    std::string client_;
    std::unique_ptr<Proxy> proxy_;     ///< null: the other side is believed nothing
    std::unique_ptr<Partial> partial_; ///< a request that has begun and is not complete
    std::string origin_;               ///< the current request's Origin, if it is an allowed one
    std::unique_ptr<Extra> extra_;     ///< of the current request, if it needs any
    Persistence persistence_ = Persistence::close; ///< of the current request
    Upgrade upgrade_ = Upgrade::none;
    bool awaiting_answer_ = false;
    bool is_stream_ = false; ///< a stream has been asked for
    bool is_head_ = false;   ///< the answer of a service is to be sent without its body
    bool closing_ = false;
    bool draining_ = false;
};

} // namespace bayeux::server
