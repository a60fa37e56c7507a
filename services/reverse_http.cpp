#include "services/reverse_http.hpp"

#include "bayeux/utf8.hpp"
#include "services/base64.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace bayeux::services {
namespace {

namespace json = boost::json;

constexpr std::size_t max_name = 64;
constexpr std::size_t max_names_of_session = 16;
/// Waiting for one name. So many of the largest fit in a session's queue.
constexpr std::size_t max_open = 16;

/// Of an answer. Others might change what browsers or proxies do with the whole server.
constexpr std::array<std::string_view, 12> passing_headers{"allow", "cache-control",
    "content-disposition", "content-encoding", "content-language", "content-type", "etag",
    "expires", "last-modified", "location", "retry-after", "vary"};

/// Of a request, besides those of the connection. They are for this server, not for its pages.
constexpr std::array<std::string_view, 4> kept_headers{
    "authorization", "cookie", "cookie2", "content-length"};

std::string lower_case(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

template <std::size_t size>
bool is_one_of(std::string_view name, std::array<std::string_view, size> const& names)
{
    return std::ranges::find(names, name) != names.end();
}

bool is_name(std::string_view text)
{
    return !text.empty() && text.size() <= max_name && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
}

std::string name_in(Fields const& data)
{
    auto name = data.text("name");
    if (!is_name(name))
        throw data.bad("name", "must be 1 to 64 letters, digits, '-' and '_'");
    return name;
}

/// Text of HTTP as JSON can have it: bytes that are no UTF-8 are Latin-1, as fetch() takes them.
std::string as_text(std::string_view bytes)
{
    if (is_valid_utf8(bytes))
        return std::string(bytes);
    std::string text;
    for (char const c : bytes)
        append_utf8(text, static_cast<unsigned char>(c));
    return text;
}

/// Whether a Connection header names it.
bool is_of_connection(std::string_view name, RequestHead const& head)
{
    if (is_hop_by_hop(name))
        return true;
    for (auto const value : head.header_values("Connection")) {
        auto list = "," + lower_case(value) + ",";
        std::erase_if(list, [](char c) { return c == ' ' || c == '\t'; });
        if (list.find("," + std::string(name) + ",") != std::string::npos)
            return true;
    }
    return false;
}

json::object headers_of(RequestHead const& head)
{
    json::object headers;
    for (auto const& header : head.headers()) {
        auto const name = lower_case(header.name);
        if (is_one_of(name, kept_headers) || is_of_connection(name, head))
            continue;
        auto& value = headers[name];
        value = value.is_null() ? as_text(header.value)
                                : std::string(value.as_string()) + ", " + as_text(header.value);
    }
    return headers;
}

void set_body(json::object& into, std::string_view body)
{
    bool const is_text = is_valid_utf8(body);
    into["body"] = is_text ? std::string(body) : base64_encode(body);
    if (!is_text)
        into["encoding"] = "base64";
}

std::string body_of(Fields const& data)
{
    auto body = data.text("body", "");
    auto const encoding = data.text("encoding", "");
    if (encoding.empty())
        return body;
    if (encoding != "base64")
        throw data.bad("encoding", "must be \"base64\", or absent");
    auto decoded = base64_decode(body);
    if (!decoded)
        throw data.bad("body", "must be base64");
    return std::move(*decoded);
}

/// Others would let anybody send the visitors of this server to any place.
bool stays_here(std::string_view location)
{
    bool const names_a_host = location.starts_with("//") || location.starts_with("/\\");
    return location.starts_with('/') && !names_a_host;
}

/// What a page may say with our origin, and what browsers are told about it.
WebReply reply_of(Fields const& data)
{
    WebReply reply;
    if (data.has("status"))
        reply.status = static_cast<unsigned>(data.integer("status", 200, 599));
    reply.body = body_of(data);
    bool says_cache = false;
    static json::object const none;
    auto const* const headers = data.has("headers") ? data.value("headers").if_object() : &none;
    if (headers == nullptr)
        throw data.bad("headers", "must be an object");
    for (auto const& header : *headers) {
        auto const* const value = header.value().if_string();
        if (value == nullptr)
            throw data.bad("headers", "must have texts alone");
        auto const name = lower_case(header.key());
        if (name == "location" && !stays_here(*value))
            throw data.bad("headers", "must have a location that is a path of this server");
        if (is_one_of(name, passing_headers))
            reply.headers.push_back({std::string(header.key()), std::string(*value)});
        says_cache = says_cache || name == "cache-control";
    }
    if (!says_cache)
        reply.headers.push_back({"Cache-Control", "no-store"});
    reply.headers.push_back({"Content-Security-Policy", "sandbox allow-scripts allow-forms"});
    reply.headers.push_back({"X-Content-Type-Options", "nosniff"});
    if (auto const problem = problem_with(reply); !problem.empty())
        throw BadMessage("the answer is no HTTP: " + problem);
    return reply;
}

} // namespace

ReverseHttp::ReverseHttp(ServiceContext& context, Options options)
    : BayeuxService(context, "reverse-http"), options_(options)
{
    on_call("via/register", &ReverseHttp::take_name);
    on_call("via/unregister", &ReverseHttp::release_name);
    on_call("via/answer", &ReverseHttp::answer);
    on_request("/via/", &ReverseHttp::ask);
}

json::value ReverseHttp::take_name(Session& caller, Message const& message)
{
    auto const name = name_in(Fields(message));
    auto const found = holders_.find(name);
    if (found != holders_.end() && found->second.session != caller.id())
        throw CallFailure(json::value("the name " + name + " is taken"));
    if (found == holders_.end()) {
        auto const held = std::ranges::count_if(
            holders_, [&](auto const& holder) { return holder.second.session == caller.id(); });
        if (held >= static_cast<std::ptrdiff_t>(max_names_of_session))
            throw CallFailure("too many names");
        holders_[name].session = caller.id();
    }
    return {{"name", name}, {"path", "/via/" + name + "/"}};
}

json::value ReverseHttp::release_name(Session& caller, Message const& message)
{
    auto const name = name_in(Fields(message));
    auto const found = holders_.find(name);
    if (found == holders_.end() || found->second.session != caller.id())
        throw CallFailure(json::value("the name " + name + " is not yours"));
    release(name);
    return {{"name", name}};
}

json::value ReverseHttp::answer(Session& caller, Message const& message)
{
    Fields const data(message);
    auto const question = questions_.find(data.text("id"));
    if (question == questions_.end() || holders_.at(question->second.name).session != caller.id())
        throw CallFailure("nobody waits for this answer");
    try {
        close(question, reply_of(data));
    } catch (BadMessage const&) {
        close(question, WebReply::text(502, "Bad Gateway: the page has given no valid answer"));
        throw;
    }
    return true;
}

void ReverseHttp::ask(WebRequest request)
{
    auto const& head = request.head();
    auto const name = request.rest().substr(0, request.rest().find('/'));
    auto const path = request.rest().substr(name.size());
    auto const holder = holders_.find(name);
    auto* const session =
        holder == holders_.end() ? nullptr : context().session(holder->second.session);
    if (session == nullptr)
        return request.answer(WebReply::text(404, "Not Found: nobody has this name"));
    // A worker would outlive the page, and answer for others of this origin.
    if (!head.header("Service-Worker").empty())
        return request.answer(WebReply::text(403, "Forbidden: no service workers"));
    if (path.empty()) {
        auto target = "/via/" + std::string(name) + "/";
        if (!head.query().empty())
            target.append("?").append(head.query());
        return request.answer({308, {{"Location", target}}, {}});
    }
    if (holder->second.open == max_open)
        forget_gone(name);
    if (holder->second.open == max_open)
        return request.answer(WebReply::text(503, "Service Unavailable: too many requests wait"));

    auto const id = std::to_string(++last_question_);
    json::object data{{"id", id}, {"name", name}, {"method", head.method()},
        {"path", as_text(path)}, {"query", as_text(head.query())}, {"headers", headers_of(head)}};
    set_body(data, request.body());
    session->deliver("/service/via/request", data);
    auto silent = after(options_.timeout, [this, id] {
        close(questions_.find(id), WebReply::text(504, "Gateway Timeout: the page is silent"));
    });
    questions_.emplace(id, Question{std::move(request), std::string(name), std::move(silent)});
    ++holder->second.open;
}

void ReverseHttp::close(Questions::iterator question, WebReply reply)
{
    --holders_.at(question->second.name).open;
    auto const closed = questions_.extract(question);
    closed.mapped().request.answer(std::move(reply));
}

/// Whose clients have hung up.
void ReverseHttp::forget_gone(std::string_view name)
{
    for (auto next = questions_.begin(); next != questions_.end();) {
        auto const question = next++;
        if (question->second.name == name && question->second.request.gone())
            close(question, {});
    }
}

void ReverseHttp::release(std::string_view name)
{
    for (auto next = questions_.begin(); next != questions_.end();) {
        auto const question = next++;
        if (question->second.name == name)
            close(question, WebReply::text(502, "Bad Gateway: the page has gone"));
    }
    holders_.erase(holders_.find(name));
}

void ReverseHttp::session_removed(Session& session, Removal, Message const*)
{
    for (auto next = holders_.begin(); next != holders_.end();) {
        auto const holder = next++;
        if (holder->second.session == session.id())
            release(std::string(holder->first));
    }
}

} // namespace bayeux::services
