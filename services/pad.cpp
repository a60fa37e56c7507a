#include "services/pad.hpp"

#include "bayeux/channel_name.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>

namespace bayeux::services {
namespace {

namespace json = boost::json;

std::string name_in(Fields const& data, std::string_view field)
{
    auto name = data.text(field);
    if (name.empty() || name.size() > Pad::max_name)
        throw data.bad(field, "must have 1 to " + std::to_string(Pad::max_name) + " characters");
    return name;
}

std::string pad_in(Fields const& data)
{
    auto name = name_in(data, "pad");
    auto const channel = "/pad/" + name;
    if (!is_channel_name(channel, channel.size()) || channel_identity(channel) != channel ||
        is_wild(channel) || name.find('/') != std::string::npos)
        throw data.bad("pad", "has a character that no channel has");
    return name;
}

std::int64_t number_in(Fields const& data, std::string_view field)
{
    return data.integer(field, 0, std::int64_t{1} << 53);
}

json::object to_json(
    TextChange const& change, std::int64_t revision, std::int64_t by, std::int64_t n)
{
    return {{"rev", revision}, {"by", by}, {"n", n}, {"change", change.to_json()}};
}

} // namespace

Pad::Pad(ServiceContext& context) : BayeuxService(context, "pad")
{
    context.channel("/pad/**").add_authorizer(grant({Operation::create, Operation::subscribe}));
    context.channel("/service/pad").add_authorizer(grant({Operation::publish}));
    on("/service/pad", &Pad::receive);
    sweep_ = every(idle / 10, &Pad::forget_idle_pads);
}

void Pad::receive(Session& from, Message const& message)
{
    Fields const data(message);
    auto const life = data.text("life", "");
    auto const rev = life.empty() ? 0 : number_in(data, "rev");
    auto const client_name = name_in(data, "client");
    auto& pad = open(pad_in(data), from);
    pad.last_use = context().now();
    bool const known = pad.clients.contains(client_name);
    auto& client = client_of(pad, client_name);
    auto const oldest = pad.revision - static_cast<std::int64_t>(pad.history.size());
    bool const can_go_on = known && life == pad.life && rev >= oldest && rev <= pad.revision;
    if (can_go_on && data.has("change"))
        return change(pad, client, data, rev);

    json::object state{{"rev", pad.revision}, {"you", client.by}, {"done", client.done}};
    if (can_go_on) {
        for (auto at = rev; at < pad.revision; ++at) {
            auto const& made = pad.history[static_cast<std::size_t>(at - oldest)];
            from.deliver(pad.channel, to_json(made.change, at + 1, made.by, made.n));
        }
    } else {
        state["life"] = pad.life;
        state["text"] = to_utf8(pad.text);
    }
    from.deliver(pad.channel, state);
}

void Pad::change(Text& pad, Client& client, Fields const& data, std::int64_t rev)
{
    auto const n = number_in(data, "n");
    if (n <= client.done)
        return; // sent again after a cut
    try {
        TextChange change(data.array("change"), max_steps);
        auto const missed = pad.revision - rev;
        std::for_each(pad.history.end() - missed, pad.history.end(), [&](Made const& earlier) {
            change = change.after(earlier.change, TextChange::Side::second);
            if (change.steps() > max_steps_made)
                throw std::invalid_argument("has become too many steps");
        });
        if (static_cast<std::int64_t>(pad.text.size()) + change.growth() >
            static_cast<std::int64_t>(max_units))
            throw std::invalid_argument("makes the text too long");
        change.apply_to(pad.text);
        client.done = n;
        make(pad, {std::move(change), client.by, n});
    } catch (std::invalid_argument const& bad) {
        throw data.bad("change", bad.what());
    }
}

void Pad::make(Text& pad, Made made)
{
    ++pad.revision;
    context().publish(pad.channel, to_json(made.change, pad.revision, made.by, made.n));
    pad.history_memory += made.change.memory();
    pad.history.push_back(std::move(made));
    while (pad.history.size() > max_history || pad.history_memory > max_history_memory) {
        pad.history_memory -= pad.history.front().change.memory();
        pad.history.pop_front();
    }
}

Pad::Text& Pad::open(std::string const& name, Session const& from)
{
    if (auto const found = pads_.find(name); found != pads_.end())
        return found->second;
    if (pads_.size() >= max_pads)
        throw BadMessage("there are too many pads");
    auto& pad = pads_[name];
    pad.channel = "/pad/" + name;
    // Unlike that of any pad before, in this or another run; a part of a hash gives nothing away.
    auto const hash = std::hash<std::string>()(from.id() + std::to_string(++lives_));
    pad.life = std::to_string(hash & std::numeric_limits<std::uint32_t>::max());
    return pad;
}

Pad::Client& Pad::client_of(Text& pad, std::string const& name)
{
    if (pad.clients.size() >= max_clients && !pad.clients.contains(name)) {
        pad.clients.erase(std::ranges::min_element(
            pad.clients, {}, [](auto const& client) { return client.second.last_use; }));
    }
    auto& client = pad.clients[name];
    if (client.by == 0)
        client.by = ++pad.last_client;
    client.last_use = ++pad.last_use_of_client;
    return client;
}

void Pad::forget_idle_pads()
{
    auto const now = context().now();
    for (auto& [name, pad] : pads_) {
        auto* const channel = context().find_channel(pad.channel);
        if (channel != nullptr && channel->subscriber_count() > 0)
            pad.last_use = now;
    }
    std::erase_if(pads_, [now](auto const& pad) { return now - pad.second.last_use >= idle; });
}

} // namespace bayeux::services
