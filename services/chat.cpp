#include "services/chat.hpp"

#include "bayeux/channel_name.hpp"
#include "bayeux/data_filter.hpp"
#include "bayeux/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace bayeux::services {
namespace {

namespace json = boost::json;

constexpr std::string_view chat_prefix = "/chat/";

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

/// The room's name out of `/chat/<name>`.
std::string room_in(Fields const& data)
{
    auto const channel = data.text("room");
    if (!channel.starts_with(chat_prefix) || !is_channel_name(channel, channel.size()) ||
        is_wild(channel))
        throw data.bad("room", "must be a channel below /chat/");
    return std::string(channel_identity(channel).substr(chat_prefix.size()));
}

std::string user_in(Fields const& data)
{
    auto user = data.text("user");
    if (user.size() > Chat::max_name)
        throw data.bad("user", "is too long");
    return user;
}

/// The names in a list with commas, each once.
std::set<std::string_view> names_in(std::string_view list)
{
    std::set<std::string_view> names;
    for (std::size_t at = 0; at < list.size();) {
        auto const end = std::min(list.find(',', at), list.size());
        names.insert(list.substr(at, end - at));
        at = end + 1;
    }
    return names;
}

} // namespace

Chat::Chat(ServiceContext& context) : BayeuxService(context, "chat")
{
    auto const filter = data_filter({no_markup, no_bad_words});
    for (auto const* public_channel : {"/chat/**", "/members/**"}) {
        context.channel(public_channel).add_listener(name(), filter);
        context.channel(public_channel)
            .add_authorizer(grant({Operation::create, Operation::subscribe, Operation::publish}));
    }
    for (auto const* service_channel : {"/service/members", "/service/privatechat"}) {
        context.channel(service_channel).add_listener(name(), filter);
        context.channel(service_channel).add_authorizer(grant({Operation::publish}));
    }
    on("/service/members", &Chat::join);
    on("/service/privatechat", &Chat::whisper);
    on_unsubscribed("/chat/**", &Chat::unsubscribed_from);
}

void Chat::join(Session& from, Message const& message)
{
    Fields const data(message);
    auto const user = user_in(data);
    auto const room = room_in(data);
    if (!can_be_told(room))
        throw data.bad("room", "is too long");
    auto& mine = rooms_of_[from.id()];
    bool const is_in = std::ranges::find(mine, room) != mine.end();
    if (!is_in && mine.size() >= max_rooms)
        throw BadMessage("you are in too many rooms");
    auto& members = rooms_[room];
    if (!is_in && members.size() >= max_members)
        throw BadMessage("the room is full");
    if (!is_in)
        mine.push_back(room);
    std::erase_if(members, held_by(from)); // a new name takes the place of the old one
    members[user] = from.id();
    tell_members(room, members);
}

void Chat::whisper(Session& from, Message const& message)
{
    Fields const data(message);
    auto const room = room_in(data);
    auto const peers = data.text("peer");
    auto const whispered = freeze("/chat/" + room,
        to_json({{"user", user_in(data)}, {"chat", data.text("chat")}, {"scope", "private"}}),
        message.id());
    auto const found = rooms_.find(room);
    if (found == rooms_.end())
        return;
    auto const& members = found->second;
    bool heard = false;
    for (auto const peer_name : names_in(peers)) {
        auto const member = members.find(peer_name);
        if (member == members.end())
            continue;
        heard = true;
        if (auto* const peer = context().session(member->second); peer != nullptr && peer != &from)
            peer->deliver(whispered);
    }
    if (heard)
        from.deliver(whispered);
}

void Chat::unsubscribed_from(Session& session, Channel& channel)
{
    auto const mine = rooms_of_.find(session.id());
    if (mine == rooms_of_.end())
        return;
    auto const room = channel.name().substr(chat_prefix.size());
    if (std::erase(mine->second, room) > 0)
        leave(session, room);
}

void Chat::session_removed(Session& session, Removal, Message const*)
{
    auto const left = rooms_of_.extract(session.id());
    if (left.empty())
        return;
    for (auto const& room : left.mapped())
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

/// Not all names below /chat/ are short enough for /members/ too.
bool Chat::can_be_told(std::string const& room)
{
    try {
        context().channel("/members/" + room);
        return true;
    } catch (std::invalid_argument const&) {
        return false;
    }
}

void Chat::tell_members(std::string const& room, Members const& members)
{
    json::array names;
    for (auto const& [user, id] : members)
        names.emplace_back(user);
    context().publish("/members/" + room, names);
}

} // namespace bayeux::services
