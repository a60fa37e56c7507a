#pragma once

#include "bayeux/detail/timer_wheel.hpp"
#include "bayeux/outbox.hpp"
#include "bayeux/web_request.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux {

/// What the copies of a WebRequest share.
struct WebRequest::State {
    State() = default;
    State(State const&) = delete;
    State& operator=(State const&) = delete;
    ~State();

    void answer(std::optional<WebReply> reply);

    detail::Core* core = nullptr; ///< takes the answer; null when nobody waits for it
    Origin origin;
    std::uint64_t serial = 0; ///< origins are used again
    Request request;
    std::string body;
    std::size_t prefix = 0; ///< how much of the path the service knows
};

namespace detail {

/// The paths that a service answers.
struct WebRoute {
    std::string prefix;
    std::string owner; ///< for logs
    std::function<void(WebRequest)> handler;

    /// Everything below a prefix that ends with `/`, else that path alone.
    bool takes(std::string_view path) const
    {
        return prefix.ends_with('/') ? path.starts_with(prefix) : path == prefix;
    }
};

/// A request that waits for its answer. As a Deadline: the end of that wait.
struct OpenWebRequest final : Deadline {
    OpenWebRequest(std::shared_ptr<WebRequest::State> const& asked, WebRoute const& taken)
        : Deadline(Kind::web_request),
          state(asked),
          origin(asked->origin),
          serial(asked->serial),
          route(taken)
    {}
    OpenWebRequest(OpenWebRequest const&) = delete;
    OpenWebRequest& operator=(OpenWebRequest const&) = delete;
    ~OpenWebRequest()
    {
        if (auto const asked = state.lock())
            asked->core = nullptr;
    }

    std::weak_ptr<WebRequest::State> state;
    Origin origin;
    std::uint64_t serial;
    WebRoute const& route;
};

} // namespace detail
} // namespace bayeux
