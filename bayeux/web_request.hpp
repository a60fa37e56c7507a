#pragma once

#include "bayeux/request.hpp"
#include "bayeux/web_reply.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux {

namespace detail {
class Core;
struct OpenWebRequest;
} // namespace detail

/// An HTTP request that a service answers, see BayeuxService::on_request(): once, now or at any
/// later time on the engine thread. Copies are the same request, and its first answer counts. One
/// that nobody holds any more without having answered it is answered with 500, one that takes
/// longer than EngineOptions::decision_timeout with 504.
class WebRequest {
public:
    /// Who asks: peer, and the head, which is kept for requests of this kind always.
    Request const& request() const;
    RequestHead const& head() const { return request().head(); }
    /// The path behind what the service has given to on_request(); not decoded.
    std::string_view rest() const;
    std::string const& body() const;

    /// Nobody waits for an answer any more: the client has gone, or it has one.
    bool gone() const;
    /// Sends 500 instead, and logs why, when there is a problem_with() it.
    void answer(WebReply reply) const;

private:
    friend class detail::Core;
    friend struct detail::OpenWebRequest;
    struct State;
    explicit WebRequest(std::shared_ptr<State> state) : state_(std::move(state)) {}

    std::shared_ptr<State> state_;
};

} // namespace bayeux
