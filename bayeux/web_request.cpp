#include "bayeux/web_request.hpp"

#include "bayeux/detail/core.hpp"

#include <utility>

namespace bayeux {

WebRequest::State::~State()
{
    answer(std::nullopt);
}

void WebRequest::State::answer(std::optional<WebReply> reply)
{
    if (auto* const to = std::exchange(core, nullptr))
        to->answer_web_later(origin, serial, std::move(reply));
}

Request const& WebRequest::request() const
{
    return state_->request;
}

std::string_view WebRequest::rest() const
{
    return head().path().substr(state_->prefix);
}

std::string const& WebRequest::body() const
{
    return state_->body;
}

bool WebRequest::gone() const
{
    return state_->core == nullptr;
}

void WebRequest::answer(WebReply reply) const
{
    state_->answer(std::move(reply));
}

} // namespace bayeux
