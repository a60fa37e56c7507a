// Parses the input as a batch, and as a tree by Boost.JSON: they must agree on what is a batch, on
// each member's value, and what the engine writes of a message must be JSON with the same values.

#include "bayeux/frozen_message.hpp"
#include "bayeux/message.hpp"
#include "bayeux/message_reply.hpp"
#include "tests/fuzz/bytes.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace bayeux;
using bayeux::fuzz::require;
namespace json = boost::json;

namespace {

constexpr std::size_t max_depth = 20;

enum class TrailingCommas { refuse, allow };

std::optional<json::value> tree_of(
    std::string_view text, TrailingCommas commas = TrailingCommas::refuse)
{
    json::parse_options options;
    options.max_depth = max_depth;
    options.allow_trailing_commas = commas == TrailingCommas::allow;
    json::error_code failed;
    auto value = json::parse({text.data(), text.size()}, failed, {}, options);
    return failed ? std::nullopt : std::optional(std::move(value));
}

/// Boost.JSON 1.81 reads a number not quite the same at the end of a text as in its middle, and
/// makes NaN of `0e400`.
bool same_number(double a, double b)
{
    return a == b || !std::isfinite(a) || !std::isfinite(b) ||
           std::fabs(a - b) <= 1e-12 * std::fabs(a);
}

bool same(json::value const& a, json::value const& b)
{
    if (a.is_array() && b.is_array())
        return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(),
            b.get_array().end(), same);
    if (a.is_object() && b.is_object())
        return a.get_object().size() == b.get_object().size() &&
               std::all_of(a.get_object().begin(), a.get_object().end(), [&](auto const& member) {
                   auto const* const other = b.get_object().if_contains(member.key());
                   return other != nullptr && same(member.value(), *other);
               });
    if (a.is_double() && b.is_double())
        return same_number(a.get_double(), b.get_double());
    return a == b;
}

/// The value if it is a string, else nothing.
std::optional<std::string_view> text_at(json::object const& object, std::string_view name)
{
    auto const* const value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string())
        return std::nullopt;
    return std::string_view(value->get_string());
}

void check_members(Message const& message, json::object const& object, std::string_view body)
{
    bool const strict = tree_of(body).has_value();
    require(message.members().size() == object.size(), "other members than the tree's");
    for (auto const& [name, value] : object) {
        auto const text = message.member({name.data(), name.size()});
        auto const again = tree_of(text);
        require(again && same(*again, value), "another value than the tree's");
        require(!strict || body.find(text) != std::string_view::npos, "not the client's bytes");
    }
    auto const* const data = object.if_contains("data");
    require(same(message.data(), data != nullptr ? *data : nullptr), "another data");
}

void check_envelope(Message const& message, json::object const& object)
{
    require(message.has_channel() == text_at(object, "channel").has_value(), "has_channel");
    require(message.channel() == text_at(object, "channel").value_or(""), "channel");
    require(message.client_id() == text_at(object, "clientId").value_or(""), "clientId");
    if (auto const id = text_at(object, "id"))
        require(message.id() == id, "id");
    auto const* const advice = object.if_contains("advice");
    require(message.advice().has_value() == (advice != nullptr && advice->is_object()), "advice");
    if (auto const one = text_at(object, "subscription"))
        require(message.subscriptions()->size() == 1 && message.subscriptions()->front() == *one,
            "subscription");
    auto const* const asked = object.if_contains("subscription");
    if (asked != nullptr && asked->is_array())
        require(message.subscriptions()->size() == asked->get_array().size(), "subscriptions");
}

void check_what_is_written(Message const& message, json::object object)
{
    std::string reply;
    append_json(reply, reply_to(message));
    require(tree_of(reply).has_value(), "a reply that is no JSON");
    if (!message.has_channel())
        return;
    for (auto const* name : {"id", "clientId", "advice"})
        object.erase(name);
    auto const frozen = freeze(message);
    require(frozen->channel == message.channel(), "another channel is published");
    auto const published = tree_of(frozen->json);
    require(published && same(*published, object), "something else is published");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const body(reinterpret_cast<char const*>(data), size);
    auto const parsed = parse_batch(body, {.depth = max_depth});
    auto tree = tree_of(body, TrailingCommas::allow);
    if (auto const* const failure = std::get_if<ParseError>(&parsed)) {
        bool const structure = tree && (tree->is_structured() || tree->is_null());
        require(structure == (failure->kind == ParseError::Kind::unusable), "a wrong refusal");
        return 0;
    }
    require(tree && tree->is_structured(), "no JSON was taken as a batch");
    if (tree->is_object())
        tree = json::array{*tree};
    auto const& elements = tree->get_array();
    auto const& batch = std::get<Batch>(parsed);
    require(batch.size() == elements.size(), "another number of messages");
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto const& object = elements[i].as_object();
        check_members(batch[i], object, body);
        check_envelope(batch[i], object);
        check_what_is_written(batch[i], object);
    }
    return 0;
}
