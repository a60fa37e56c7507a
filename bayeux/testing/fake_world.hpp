#pragma once

#include "bayeux/engine.hpp"
#include "bayeux/service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Tests of services in virtual time: the engine itself, without a network, a clock or threads, and
/// clients that speak the protocol to it. For any test framework. Everything here is for one
/// thread.
///
///     FakeWorld world;
///     world.install<Greeter>();
///     FakeClient ada(world);
///     ada.publish("/service/greet", R"({"name":"ada"})");
///     assert(ada.received("/greetings") == boost::json::array{"hello ada"});
///     world.pass(10s); // takes no time
namespace bayeux::testing {

/// Thrown where a test cannot go on since something else has come than it expects; what() tells
/// both. Test frameworks report it as the failure of their test.
class Failure : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

/// Several messages as the body of one request.
std::string batch_of(std::vector<std::string> const& messages);

/// What came back for one request.
struct Answer {
    bool ok = true;
    int status = 200;           ///< 200, or the error status of a failed batch
    boost::json::array body;    ///< the array on the wire: messages and replies
    std::string text;           ///< the same as text
    std::string set_browser_id; ///< the cookie that the browser is given; empty: none
    Reply reply;                ///< as the engine gave it

    /// The reply to `channel`, or the message on it; with `nth`, of several, counted from 0. Throws
    /// Failure when it is not there.
    boost::json::object const& on(std::string_view channel, std::size_t nth = 0) const;
    std::size_t count(std::string_view channel) const;
    /// The error of the last reply; empty when that is successful.
    std::string error() const;
    /// The `data` of all messages on `channel`, in order.
    boost::json::array data(std::string_view channel) const;
};

/// The engine, a clock that stands still until it is told to go on, and what would be the network:
/// each request is an Origin, and its answer is kept until somebody asks for it. Two runs of a test
/// are the same, session ids included.
class FakeWorld {
public:
    explicit FakeWorld(EngineOptions options = {},
        std::unique_ptr<SecurityPolicy> policy = std::make_unique<SecurityPolicy>());
    ~FakeWorld();
    FakeWorld(FakeWorld const&) = delete;
    FakeWorld& operator=(FakeWorld const&) = delete;

    /// Makes a service as `Service(context, arguments...)` and installs it. The world owns it.
    template <class Service, class... Arguments>
    Service& install(Arguments&&... arguments)
    {
        auto made = std::make_unique<Service>(context(), std::forward<Arguments>(arguments)...);
        auto& service = *made;
        engine_.install(std::move(made));
        return service;
    }

    Engine& engine() { return engine_; }
    /// What a test asks for here is done with the next request, or by pass().
    ServiceContext& context() { return engine_.context(); }

    Instant now() const { return now_; }
    /// Lets time pass, tick by tick as the engine wants them. pass(0ms) does what is due now.
    void pass(Duration duration);

    /// What services have given to other threads (ServiceContext::in_background) waits here until a
    /// test asks for it.
    std::size_t background_size() const { return workers_.jobs.size(); }
    /// Does all of it, with what its ends start again.
    void finish_background();

    /// All that has been logged, oldest first.
    std::vector<LogEvent> const& log() const { return log_; }
    /// How many lines of the log contain `text`.
    std::size_t logged(std::string_view text) const;

    // Requests. FakeClient has shorter ways for what ordinary clients do.

    /// Sends a body, a message or an array of them, as a POST, and returns the request's name.
    /// Throws Failure when it is not one.
    Origin send(std::string body, std::string browser_id = {});
    Origin send(std::string body, Request request);
    /// The same from a page in a browser that keeps no cookies.
    Origin send_from_page(std::string body);
    /// True while the request has no answer: its connect is held, or a decision is open.
    bool waits(Origin origin) const { return waiting_.contains(origin.value); }
    /// The answer that has come, if any; each is given once.
    std::optional<Answer> answer(Origin origin);
    /// The same where it must have come; throws Failure when it has not.
    Answer answered(Origin origin);
    /// Sends and expects the answer at once; throws Failure when it has not come.
    Answer exchange(std::string body, std::string browser_id = {});

    /// Sends an HTTP request that a service answers, and what the answer is, if it has come; each
    /// is given once.
    Origin request(std::string method, std::string target, std::vector<Header> headers = {},
        std::string body = {});
    std::optional<WebReply> web_answer(Origin origin);

    /// Opens a WebSocket, and sends a text frame on one. What comes back are its answers, one for
    /// each Reply.
    Origin open_socket();
    void send_on(Origin socket, std::string body);
    /// Opens an EventSource; its answers are an empty one, or a refusal, and then what it brings.
    Origin open_stream(std::string_view client_id, std::string browser_id = {});
    void link_ready(Origin origin);
    /// The connection of a request, a WebSocket or an EventSource is gone.
    void lose(Origin origin);
    /// Hands an answer back as a transport does that could not write it.
    void undelivered(Answer const& answer);

    void resolve(Pending pending, Decision decision);
    void shutdown(Duration interval);

    /// The `data` of the messages on `channel` that answers have brought to a session since they
    /// were last asked for, oldest first. See FakeClient::received().
    boost::json::array take_received(std::string const& client_id, std::string_view channel);

private:
    struct FakeWorkers : Workers {
        bool run(std::function<void()> job) override
        {
            jobs.push_back(std::move(job));
            return true;
        }
        void post(std::function<void()> task) override { tasks.push_back(std::move(task)); }

        std::deque<std::function<void()>> jobs;
        std::deque<std::function<void()>> tasks; ///< for the engine's thread
    };

    void receive(Origin origin, Request request, std::string body);
    void take(Outbox& out);
    void do_tasks();

    FakeWorkers workers_;
    Engine engine_;
    Instant now_;
    std::uint64_t last_origin_ = 0;
    std::map<std::uint64_t, std::deque<Answer>> answers_;
    std::map<std::uint64_t, WebReply> web_answers_;
    std::set<std::uint64_t> waiting_;
    std::set<std::uint64_t> lost_; ///< before they were answered
    std::set<std::uint64_t> streams_;
    std::map<std::string, std::vector<FrozenMessage>> received_; ///< by session id
    std::vector<LogEvent> log_;
};

/// A client over long-polling: one session, and the shorthand for what it sends. Must not outlive
/// its world. When it is destroyed its session stays, as that of a page that has gone; let time
/// pass, or disconnect(), to see the session end.
class FakeClient {
public:
    /// `keep` behaves as a browser: it brings back the cookie it was given.
    enum class Cookies { keep, drop };
    /// Handshakes and connects once, so that the next connect is held. `more` are further members
    /// of the handshake as text, `"ext":{"token":"…"}` for instance. Work in the background that
    /// decides about it is finished; Failure when it is refused.
    explicit FakeClient(
        FakeWorld& world, Cookies cookies = Cookies::keep, std::string_view more = {});
    /// A second session of the same browser.
    FakeClient(FakeWorld& world, FakeClient const& same_browser);

    std::string const& id() const { return id_; }
    std::string const& browser_id() const { return browser_id_; }

    // These expect the answer at once: they throw Failure when it does not come. Of whatever is
    // put off, send() the message and ask the world for the answer later.

    Answer subscribe(std::string_view channel);
    Answer unsubscribe(std::string_view channel);
    /// `data` is JSON text.
    Answer publish(std::string_view channel, std::string_view data);
    Answer disconnect() { return exchange(message("/meta/disconnect")); }
    /// A connect that is answered at once and brings what waits, as advice.timeout 0 asks for.
    Answer poll();

    /// The `data` of the messages on `channel` that have come to this client since it was last
    /// asked for those, oldest first; with whatever answer they came. Fetches what still waits.
    boost::json::array received(std::string_view channel);

    /// A connect that is held until a message is there, or the timeout over. `more` are further
    /// members of the message as text.
    Origin connect(std::string_view more = {});
    /// The text of a message of this client, with the next id.
    std::string message(std::string_view channel, std::string_view more = {});
    Origin send(std::string body) { return world_.send(std::move(body), browser_id_); }
    Answer exchange(std::string body) { return world_.exchange(std::move(body), browser_id_); }

private:
    void begin(std::string_view more);

    FakeWorld& world_;
    Cookies cookies_ = Cookies::keep;
    std::string id_;
    std::string browser_id_;
    int last_id_ = 0;
    Origin last_connect_;
};

} // namespace bayeux::testing
