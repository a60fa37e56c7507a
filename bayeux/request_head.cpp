#include "bayeux/request_head.hpp"

#include "bayeux/detail/ascii.hpp"
#include "bayeux/detail/cookie.hpp"
#include "bayeux/detail/form.hpp"

#include <algorithm>
#include <utility>

namespace bayeux {

RequestHead::RequestHead(std::string method, std::string target, std::vector<Header> headers)
    : method_(std::move(method)), target_(std::move(target)), headers_(std::move(headers))
{}

std::string_view RequestHead::path() const
{
    return target().substr(0, target_.find('?'));
}

std::string_view RequestHead::query() const
{
    return target().substr(std::min(path().size() + 1, target_.size()));
}

std::string_view RequestHead::header(std::string_view name) const
{
    auto const found = std::ranges::find_if(headers_,
        [&](Header const& header) { return detail::equal_ignoring_case(header.name, name); });
    return found == headers_.end() ? std::string_view() : found->value;
}

std::vector<std::string_view> RequestHead::header_values(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (auto const& header : headers_)
        if (detail::equal_ignoring_case(header.name, name))
            values.emplace_back(header.value);
    return values;
}

std::string_view RequestHead::cookie(std::string_view name) const
{
    for (auto const cookies : header_values("Cookie"))
        if (auto const value = detail::find_cookie(cookies, name); !value.empty())
            return value;
    return {};
}

std::string RequestHead::parameter(std::string_view name) const
{
    return detail::first_form_value(query(), name).value_or(std::string());
}

} // namespace bayeux
