#pragma once

#include "bayeux/engine.hpp"
#include "bayeux/service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::testing {

/// Several messages as the body of one request.
std::string batch_of(std::vector<std::string> const& messages);

/// What came back for one request.
struct Answer {
    bool ok = true;
    int status = 200;        ///< 200, or the error status of a failed batch
    boost::json::array body; ///< the array on the wire
    std::string text;        ///< the same as text
    std::string set_browser_id;
    Reply reply; ///< as the engine gave it

    /// The reply to (or message on) `channel` at its `nth` place; fails the test when absent.
    boost::json::object const& on(std::string_view channel, std::size_t nth = 0) const;
    std::size_t count(std::string_view channel) const;
    /// The error of the last reply; empty when that is successful.
    std::string error() const;
    /// The `data` of all messages on `channel`, in order.
    boost::json::array data(std::string_view channel) const;
};

/// The engine, a clock that stands still until it is told to go on, and what would be the network:
/// each request is an Origin, and its answer is kept until somebody asks for it.
class FakeWorld {
public:
    explicit FakeWorld(EngineOptions options = {},
        std::unique_ptr<SecurityPolicy> policy = std::make_unique<SecurityPolicy>());

    Engine& engine() { return engine_; }
    ServiceContext& context() { return engine_.context(); }
    Instant now() const { return now_; }
    /// How many lines of the log contain `text`.
    std::size_t logged(std::string_view text) const;

    /// Sends a body and returns the request's name.
    Origin send(std::string body, std::string browser_id = {});
    /// The same from a page in a browser that keeps no cookies.
    Origin send_from_page(std::string body);
    /// Opens a WebSocket, and sends a text frame on one. What comes back are its answers, one for
    /// each Reply.
    Origin open_socket();
    void send_on(Origin socket, std::string body);
    /// Opens an EventSource; its answers are an empty one, or a refusal, and then what it brings.
    Origin open_stream(std::string_view client_id, std::string browser_id = {});
    void link_ready(Origin origin);
    /// The answer that has come, if any; each is given once.
    std::optional<Answer> answer(Origin origin);
    /// The same where it must have come; fails the test when it has not.
    Answer answered(Origin origin);
    /// Sends and expects the answer at once.
    Answer exchange(std::string body, std::string browser_id = {});
    void lose(Origin origin);
    void resolve(Pending pending, Decision decision);
    void shutdown(Duration interval);
    /// Hands an answer back as a transport does that could not write it.
    void undelivered(Answer const& answer);

    /// Lets time pass, tick by tick as the engine wants them.
    void pass(Duration duration);

private:
    void receive(Origin origin, Request request, std::string body);
    void take(Outbox& out);

    Engine engine_;
    Instant now_;
    std::uint64_t last_origin_ = 0;
    std::map<std::uint64_t, std::deque<Answer>> answers_;
    std::set<std::uint64_t> streams_;
    std::vector<std::string> log_;
};

/// A scripted client: one session, and the shorthand for what it sends.
class FakeClient {
public:
    /// Handshakes and connects once, so that the next connect is held. With `cookie` it behaves as
    /// a browser: it brings back the cookie it was given.
    enum class Cookies { keep, drop };
    explicit FakeClient(FakeWorld& world, Cookies cookies = Cookies::keep);
    /// A second session of the same browser.
    FakeClient(FakeWorld& world, FakeClient const& same_browser);

    std::string const& id() const { return id_; }
    std::string const& browser_id() const { return browser_id_; }

    std::string message(std::string_view channel, std::string_view more = {});
    Origin send(std::string body) { return world_.send(std::move(body), browser_id_); }
    Answer exchange(std::string body) { return world_.exchange(std::move(body), browser_id_); }

    Answer subscribe(std::string_view channel);
    Answer unsubscribe(std::string_view channel);
    Answer publish(std::string_view channel, std::string_view data);
    Answer disconnect() { return exchange(message("/meta/disconnect")); }
    /// A connect that is expected to be held.
    Origin connect(std::string_view more = {});
    /// A connect with advice.timeout 0.
    Answer poll();

private:
    void begin();

    FakeWorld& world_;
    Cookies cookies_ = Cookies::keep;
    std::string id_;
    std::string browser_id_;
    int last_id_ = 0;
};

} // namespace bayeux::testing
