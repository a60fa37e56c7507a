#include "services/chat.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/data_filter.hpp"
#include "bayeux/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <stdexcept>

namespace bayeux::services {
namespace {

namespace json = boost::json;

constexpr std::string_view chat_prefix = "/chat/";

/// More than a person can follow; keeps one session from filling the memory with rooms.
constexpr std::size_t max_rooms = 100;

auto held_by(Session const& session)
{
    return [&session](auto const& member) { return member.second == session.id(); };
}

/// CometD's demo refuses texts with this word; kept, since its users and tests know it.
std::optional<std::string> no_bad_words(std::string_view text)
{
    if (text.find("dang") != std::string_view::npos)
        return std::nullopt;
    return std::string(text);
}

Authorization grant_publish(Operation operation, std::string_view, Session const&, Message const&)
{
    return operation == Operation::publish ? Authorization::grant() : Authorization::ignore();
}

Authorization grant_all(Operation, std::string_view, Session const&, Message const&)
{
    return Authorization::grant();
}

std::string text(json::value const& data, std::string_view name)
{
    return std::string(data.at(name).as_string());
}

/// The room's name out of `/chat/<name>`.
std::string room_of(json::value const& data)
{
    auto const channel = text(data, "room");
    if (!channel.starts_with(chat_prefix) || !is_channel_name(channel, channel.size()) ||
        is_wild(channel))
        throw std::invalid_argument("room: not a channel below /chat/");
    return std::string(channel_identity(channel).substr(chat_prefix.size()));
}

} // namespace

Chat::Chat(ServiceContext& context) : BayeuxService(context, "chat")
{
    auto const filter = data_filter({no_markup, no_bad_words});
    for (auto const* public_channel : {"/chat/**", "/members/**"}) {
        context.channel(public_channel).add_listener(name(), filter);
        context.channel(public_channel).add_authorizer(grant_all);
    }
    for (auto const* service_channel : {"/service/members", "/service/privatechat"}) {
        context.channel(service_channel).add_listener(name(), filter);
        context.channel(service_channel).add_authorizer(grant_publish);
    }
    on("/service/members", &Chat::join);
    on("/service/privatechat", &Chat::whisper);
}

void Chat::join(Session& from, Message const& message)
{
    auto const data = message.data();
    auto const user = text(data, "user");
    auto const room = room_of(data);
    auto& mine = rooms_of_[from.id()];
    if (std::ranges::find(mine, room) == mine.end()) {
        if (mine.size() == max_rooms)
            throw std::length_error("in too many rooms");
        mine.push_back(room);
    }
    auto& members = rooms_[room];
    std::erase_if(members, held_by(from)); // a new name takes the place of the old one
    members[user] = from.id();
    tell_members(room, members);
}

void Chat::whisper(Session& from, Message const& message)
{
    auto const data = message.data();
    auto const room = room_of(data);
    auto const whispered = to_json(json::object{
        {"user", text(data, "user")}, {"chat", text(data, "chat")}, {"scope", "private"}});
    auto const found = rooms_.find(room);
    if (found == rooms_.end())
        return;
    auto const& members = found->second;
    bool heard = false;
    for (auto rest = text(data, "peer"); !rest.empty();) {
        auto const comma = rest.find(',');
        auto const member = members.find(rest.substr(0, comma));
        rest = comma == std::string::npos ? std::string() : rest.substr(comma + 1);
        if (member == members.end())
            continue;
        heard = true;
        if (auto* const peer = context().session(member->second); peer != nullptr && peer != &from)
            peer->deliver_json("/chat/" + room, whispered, message.id());
    }
    if (heard)
        from.deliver_json("/chat/" + room, whispered, message.id());
}

void Chat::session_removed(Session& session, Removal, Message const*)
{
    auto const left = rooms_of_.extract(session.id());
    if (left.empty())
        return;
    for (auto const& room : left.mapped())
        leave(session, room);
}

void Chat::unsubscribed(Session& session, Channel& channel, Message const*)
{
    auto const mine = rooms_of_.find(session.id());
    if (mine == rooms_of_.end() || !channel.name().starts_with(chat_prefix))
        return;
    auto const room = channel.name().substr(chat_prefix.size());
    if (std::erase(mine->second, room) > 0)
        leave(session, room);
}

void Chat::leave(Session const& session, std::string const& room)
{
    auto const found = rooms_.find(room);
    if (found == rooms_.end())
        return;
    // A name that somebody has taken over meanwhile stays.
    std::erase_if(found->second, held_by(session));
    tell_members(room, found->second);
    if (found->second.empty())
        rooms_.erase(found);
}

void Chat::tell_members(std::string const& room, Members const& members)
{
    json::array names;
    for (auto const& [user, id] : members)
        names.emplace_back(user);
    context().publish("/members/" + room, names);
}

} // namespace bayeux::services
