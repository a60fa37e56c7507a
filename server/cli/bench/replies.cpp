#include "server/cli/bench/replies.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/printable.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include <cstring>

namespace bayeux::cli {
namespace {

[[noreturn]] void refuse(std::string_view why, std::string_view messages)
{
    throw Failure(std::string(why) + ": " + server::printable(messages.substr(0, 300)));
}

void read_advice(boost::json::value const& advice, std::string_view messages, Replies& replies)
{
    if (!advice.is_object()) {
        return;
    }
    if (auto const* reconnect = advice.get_object().if_contains("reconnect")) {
        if (*reconnect != "retry") {
            refuse("the server ends a session", messages);
        }
    }
    auto const* const interval = advice.get_object().if_contains("interval");
    if (interval != nullptr && interval->is_number()) {
        auto const value = interval->to_number<double>();
        replies.interval = value > 0 && value < 1e9 ? static_cast<std::uint32_t>(value) : 0;
    }
}

char const* find(std::string_view text, std::string_view part)
{
    return static_cast<char const*>(memmem(text.data(), text.size(), part.data(), part.size()));
}

} // namespace

Replies read_replies(std::string_view messages)
{
    boost::json::error_code error;
    boost::json::monotonic_resource memory;
    auto const parsed = boost::json::parse({messages.data(), messages.size()}, error, &memory);
    if (error || !parsed.is_array()) {
        refuse("the server answered no array of messages", messages);
    }
    Replies replies;
    for (auto const& message : parsed.get_array()) {
        if (!message.is_object()) {
            refuse("the server answered what is no message", messages);
        }
        auto const* const successful = message.get_object().if_contains("successful");
        if (successful == nullptr) {
            continue;
        }
        if (*successful != true) {
            refuse("the server refuses", messages);
        }
        ++replies.count;
        if (auto const* id = message.get_object().if_contains("clientId")) {
            if (id->is_string()) {
                replies.client_id = id->get_string();
            }
        }
        if (auto const* advice = message.get_object().if_contains("advice")) {
            read_advice(*advice, messages, replies);
        }
    }
    return replies;
}

bool are_plain_replies(std::string_view messages, unsigned& count)
{
    constexpr std::string_view successful = "\"successful\":";
    count = 0;
    for (auto rest = messages;;) {
        auto const* const found = find(rest, successful);
        if (found == nullptr) {
            break;
        }
        rest.remove_prefix(static_cast<std::size_t>(found - rest.data()) + successful.size());
        if (!rest.starts_with("true")) {
            return false;
        }
        ++count;
    }
    return count > 0 && !contains(messages, "\"advice\"");
}

bool contains(std::string_view text, std::string_view part)
{
    return find(text, part) != nullptr;
}

} // namespace bayeux::cli
