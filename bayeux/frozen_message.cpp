#include "bayeux/frozen_message.hpp"

#include "bayeux/detail/json_syntax.hpp"
#include "bayeux/json_text.hpp"

namespace bayeux {
namespace {

std::string begin(std::string_view channel, std::size_t room)
{
    std::string json;
    json.reserve(channel.size() + room);
    json += R"({"channel":)";
    append_json_string(json, channel);
    return json;
}

FrozenMessage end(std::string_view channel, std::string json, std::optional<std::string_view> id)
{
    if (id) {
        json += R"(,"id":)";
        append_json_string(json, *id);
    }
    json += '}';
    return std::make_shared<Frozen const>(Frozen{std::string(channel), std::move(json)});
}

void append_member(std::string& json, Member const& member)
{
    json += ',';
    append_json_string(json, member.name);
    json.append(":").append(member.value);
}

} // namespace

FrozenMessage freeze(Message const& message, std::optional<std::string_view> id)
{
    std::size_t room = 24;
    for (auto const& member : message.members())
        room += member.name.size() + member.value.size() + 4;
    auto json = begin(message.channel(), room);
    for (auto const& member : message.members()) {
        auto const& name = member.name;
        if (name == "channel" || name == "id" || name == "clientId" || name == "advice")
            continue;
        append_member(json, member);
    }
    return end(message.channel(), std::move(json), id);
}

FrozenMessage freeze(
    std::string_view channel, std::string_view data_json, std::optional<std::string_view> id)
{
    detail::require_utf8(channel);
    detail::require_json(data_json);
    detail::require_utf8(id.value_or(std::string_view()));
    auto json = begin(channel, data_json.size() + 64);
    json.append(R"(,"data":)").append(data_json);
    return end(channel, std::move(json), id);
}

Message thaw(Frozen const& message)
{
    return std::get<Batch>(parse_batch(message.json, {.depth = message.json.size()})).front();
}

FrozenMessage with_member(
    Frozen const& message, std::string_view member, std::string_view value_json)
{
    detail::require_member(member, value_json);
    auto const thawed = thaw(message);
    auto json = begin(message.channel, message.json.size() + member.size() + value_json.size());
    for (auto const& known : thawed.members())
        if (known.name != "channel" && known.name != member)
            append_member(json, known);
    append_member(json, {member, value_json});
    return end(message.channel, std::move(json), std::nullopt);
}

} // namespace bayeux
