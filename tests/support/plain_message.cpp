#include "tests/support/plain_message.hpp"

#include <algorithm>

namespace bayeux::testing {

std::string quoted(std::string_view text)
{
    return std::string("\"").append(text).append("\"");
}

std::vector<std::string> segments(std::string_view name)
{
    std::vector<std::string> all;
    for (std::size_t at = 0; at != std::string_view::npos && at < name.size();) {
        auto const end = name.find('/', at + 1);
        all.emplace_back(name.substr(at + 1, end - at - 1));
        at = end;
    }
    return all;
}

std::string to_json(PlainMessage const& message)
{
    std::string json;
    auto const member = [&](std::string_view name, std::string const& value) {
        json += (json.empty() ? "{" : ",") + quoted(name) + ":" + value;
    };
    if (message.channel)
        member("channel", quoted(*message.channel));
    if (message.id)
        member("id", quoted(*message.id));
    if (!message.client_id.empty())
        member("clientId", quoted(message.client_id));
    if (!message.data.empty())
        member("data", message.data);
    if (!message.subscription.empty())
        member("subscription", message.subscription);
    if (message.advice) {
        std::string inner;
        if (message.advice->timeout)
            inner += R"("timeout":)" + std::to_string(*message.advice->timeout);
        if (message.advice->interval)
            inner += (inner.empty() ? "" : ",") + std::string(R"("interval":)") +
                     std::to_string(*message.advice->interval);
        member("advice", "{" + inner + "}");
    }
    return (json.empty() ? "{" : json) + "}";
}

bool is_meta(std::string_view channel)
{
    return channel.starts_with("/meta/");
}
bool is_service(std::string_view channel)
{
    return channel.starts_with("/service/");
}

std::string identity(std::string_view name)
{
    name = name.substr(0, name.find_last_not_of(' ') + 1);
    return std::string(name.ends_with('/') ? name.substr(0, name.size() - 1) : name);
}

bool matches(std::string_view pattern, std::string_view channel)
{
    if (pattern == channel)
        return true;
    auto wanted = segments(pattern);
    auto const given = segments(channel);
    auto const star = wanted.back();
    if (star != "*" && star != "**")
        return false;
    wanted.pop_back();
    return given.size() > wanted.size() && (star == "**" || given.size() == wanted.size() + 1) &&
           std::equal(wanted.begin(), wanted.end(), given.begin());
}

std::string advice_json(std::string_view reconnect, std::optional<Duration> interval,
    std::optional<Duration> timeout, bool multiple_clients)
{
    std::string json = "{";
    if (multiple_clients)
        json += R"("multiple-clients":true,)";
    json += R"("reconnect":)" + quoted(reconnect);
    if (interval)
        json += R"(,"interval":)" + std::to_string(interval->count());
    if (timeout)
        json += R"(,"timeout":)" + std::to_string(timeout->count());
    return json + "}";
}

std::string PlainReply::text() const
{
    std::string json = "{";
    if (!channel.empty())
        json += R"("channel":)" + quoted(channel) + ",";
    if (id)
        json += R"("id":)" + quoted(*id) + ",";
    if (!subscription.empty())
        json += R"("subscription":)" + subscription + ",";
    json += successful ? R"("successful":true)" : R"("successful":false)";
    if (!error.empty())
        json += R"(,"error":)" + quoted(error);
    json += more;
    if (!advice.empty())
        json += R"(,"advice":)" + advice;
    return json + "}";
}

void PlainReply::fail(std::string why)
{
    successful = false;
    error = std::move(why);
}

} // namespace bayeux::testing
