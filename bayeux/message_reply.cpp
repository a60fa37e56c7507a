#include "bayeux/message_reply.hpp"

#include "bayeux/detail/json_syntax.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/utf8.hpp"

namespace bayeux {
namespace {

std::string_view reconnect_name(Advice::Reconnect reconnect)
{
    switch (reconnect) {
    case Advice::Reconnect::retry:
        return "retry";
    case Advice::Reconnect::handshake:
        return "handshake";
    case Advice::Reconnect::none:
        return "none";
    }
    return "none";
}

void append_advice(std::string& out, Advice const& advice)
{
    out += R"(,"advice":{)";
    if (advice.multiple_clients)
        out += R"("multiple-clients":true,)";
    out.append(R"("reconnect":")").append(reconnect_name(advice.reconnect)).append(R"(")");
    if (advice.interval)
        out.append(R"(,"interval":)").append(std::to_string(advice.interval->count()));
    if (advice.timeout)
        out.append(R"(,"timeout":)").append(std::to_string(advice.timeout->count()));
    if (advice.max_interval)
        out.append(R"(,"maxInterval":)").append(std::to_string(advice.max_interval->count()));
    out += '}';
}

void set(JsonMembers& members, std::string_view name, std::string json)
{
    for (auto& [known, value] : members) {
        if (known == name) {
            value = std::move(json);
            return;
        }
    }
    members.emplace_back(name, std::move(json));
}

void append_members(std::string& out, JsonMembers const& members)
{
    for (auto const& [name, value] : members) {
        if (out.back() != '{')
            out += ',';
        append_json_string(out, name);
        out.append(":").append(value);
    }
}

} // namespace

void MessageReply::set_member(std::string_view name, std::string json)
{
    detail::require_member(name, json);
    set(members, name, std::move(json));
}

void MessageReply::set_ext(std::string_view name, std::string json)
{
    detail::require_member(name, json);
    set(ext ? *ext : ext.emplace(), name, std::move(json));
}

MessageReply reply_to(Message const& message)
{
    MessageReply reply;
    reply.channel = message.channel();
    reply.id = message.id();
    reply.subscription = message.subscription_text();
    return reply;
}

void append_json(std::string& out, MessageReply const& reply)
{
    out += '{';
    if (!reply.channel.empty()) {
        out += R"("channel":)";
        append_json_string(out, reply.channel);
        out += ',';
    }
    if (reply.id) {
        out += R"("id":)";
        append_json_string(out, *reply.id);
        out += ',';
    }
    if (!reply.subscription.empty())
        out.append(R"("subscription":)").append(reply.subscription).append(",");
    out += reply.successful ? R"("successful":true)" : R"("successful":false)";
    if (!reply.error.empty()) {
        out += R"(,"error":)";
        append_json_string(out, valid_utf8(reply.error)); // services may have written it
    }
    append_members(out, reply.members);
    if (reply.ext) {
        out += R"(,"ext":{)";
        append_members(out, *reply.ext);
        out += '}';
    }
    if (reply.advice)
        append_advice(out, *reply.advice);
    out += '}';
}

} // namespace bayeux
