// HTTP requests that services answer. They pass no stations: a request goes to the service that has
// the longest fitting path, and its answer comes as an action.

#include "bayeux/detail/web_requests.hpp"

#include "bayeux/detail/core.hpp"
#include "bayeux/fields.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace bayeux::detail {
namespace {

/// What a client may write into a request line as it is.
bool is_path(std::string_view text)
{
    return text.starts_with('/') && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < '\x7f' && std::string_view("?#%\\").find(c) == std::string_view::npos;
    });
}

} // namespace

void Core::add_web_route(WebRoute route)
{
    if (out_ != nullptr)
        throw std::logic_error("on_request() is for constructors of services");
    if (!is_path(route.prefix))
        throw std::invalid_argument(route.prefix + ": no path");
    if (std::ranges::find(web_routes_, route.prefix, &WebRoute::prefix) != web_routes_.end())
        throw std::invalid_argument(route.prefix + ": another service answers it");
    web_routes_.push_back(std::move(route));
}

std::vector<std::string> Core::request_prefixes() const
{
    std::vector<std::string> prefixes;
    std::ranges::transform(web_routes_, std::back_inserter(prefixes), &WebRoute::prefix);
    return prefixes;
}

WebRoute const* Core::web_route(std::string_view path) const
{
    WebRoute const* best = nullptr;
    for (auto const& route : web_routes_)
        if (route.takes(path) && (best == nullptr || best->prefix.size() < route.prefix.size()))
            best = &route;
    return best;
}

void Core::take_web_request(Origin origin, Request request, std::string body)
{
    ++statistics_.web_requests;
    if (closing_) {
        out_->web_answers.push_back({origin, WebReply::text(503, "Shutting down")});
        return;
    }
    auto const* const route = web_route(request.head().path());
    if (route == nullptr) {
        out_->web_answers.push_back({origin, WebReply::text(404, "Not Found")});
        return;
    }
    auto const state = std::make_shared<WebRequest::State>();
    state->core = this;
    state->origin = origin;
    state->serial = ++last_web_request_;
    state->request = std::move(request);
    state->body = std::move(body);
    state->prefix = route->prefix.size();
    auto waiting = std::make_unique<OpenWebRequest>(state, *route);
    wheel_.arm(*waiting, now_ + options_.decision_timeout);
    web_requests_.emplace(origin.value, std::move(waiting));
    auto const handled = guarded(route->owner, route->prefix, [&] {
        try {
            route->handler(WebRequest(state));
        } catch (BadMessage const& bad) {
            note_bad_message(route->owner, route->prefix, bad.what());
            state->answer(WebReply::text(400, bad.what()));
        }
        return true;
    });
    if (!handled)
        state->answer(WebReply::text(500, "Internal Server Error"));
}

/// No reply: nobody holds the request any more.
void Core::answer_web_later(Origin origin, std::uint64_t serial, std::optional<WebReply> reply)
{
    later([this, origin, serial, reply = std::move(reply)]() mutable {
        auto const found = web_requests_.find(origin.value);
        if (found == web_requests_.end() || found->second->serial != serial)
            return; // its client has gone meanwhile
        auto const& route = found->second->route;
        auto const problem = reply ? problem_with(*reply) : "it has let go of a request unanswered";
        if (!problem.empty()) {
            handler_failed(route.owner, route.prefix, problem);
            reply = WebReply::text(500, "Internal Server Error");
        }
        end_web_request(origin, std::move(*reply));
    });
}

void Core::end_web_request(Origin origin, WebReply reply)
{
    lose_web_request(origin);
    out_->web_answers.push_back({origin, std::move(reply)});
}

/// Whoever answers it does so for nobody from now on.
void Core::lose_web_request(Origin origin)
{
    if (auto const found = web_requests_.find(origin.value); found != web_requests_.end()) {
        wheel_.cancel(*found->second);
        web_requests_.erase(found);
    }
}

void Core::web_request_due(OpenWebRequest const& waiting)
{
    ++statistics_.decisions_timed_out;
    log(LogLevel::warning,
        waiting.route.owner + " on " + waiting.route.prefix + ": no answer in time");
    end_web_request(waiting.origin, WebReply::text(504, "Gateway Timeout"));
}

void Core::end_web_requests()
{
    while (!web_requests_.empty())
        end_web_request(web_requests_.begin()->second->origin, WebReply::text(503, "Going Away"));
}

} // namespace bayeux::detail
