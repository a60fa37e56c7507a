#include "server/http_connection.hpp"

#include "server/address_quota.hpp"
#include "server/ascii.hpp"
#include "server/callback_polling.hpp"
#include "server/event_stream.hpp"
#include "server/forwarded_for.hpp"
#include "server/http_body.hpp"
#include "server/http_parser.hpp"
#include "server/long_polling.hpp"
#include "server/proxy_header.hpp"
#include "server/refusals.hpp"
#include "server/request_head.hpp"
#include "server/static_files.hpp"
#include "server/uri.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::server {
namespace {

/// When so much has been answered in one consume(), the rest waits until it is sent: a pipeline of
/// short requests for long files must not fill the memory.
constexpr std::size_t max_unsent = 65'536;

// What pages of other origins may send.
constexpr std::string_view bayeux_methods = "GET, POST, OPTIONS";
constexpr std::string_view service_methods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

bool is_under(std::string_view path, std::string_view mount)
{
    if (mount == "/")
        return true;
    return path.starts_with(mount) && (path.size() == mount.size() || path[mount.size()] == '/');
}

/// A page of this server itself: its origin names the host that was asked.
bool is_same_origin(std::string_view origin, std::string_view host)
{
    auto const scheme_end = origin.find("://");
    return scheme_end != std::string_view::npos &&
           equal_ignoring_case(origin.substr(scheme_end + 3), host);
}

/// The browser of a visitor has put something in that says who he is. When it says that the page is
/// of the same origin, that is so, although a proxy may have changed the Host.
bool is_in_visitors_name(HeadView const& head)
{
    bool credentials = false;
    bool same_origin = false;
    for_each_header(head, [&](std::string_view name, std::string_view value) {
        credentials = credentials || equal_ignoring_case(name, "Cookie") ||
                      equal_ignoring_case(name, "Authorization");
        same_origin =
            same_origin || (equal_ignoring_case(name, "Sec-Fetch-Site") && value == "same-origin");
    });
    return credentials && !same_origin;
}

} // namespace

/// A request for the engine whose body is on its way.
struct HttpConnection::Post {
    Request request;
    std::optional<BodyFormat> format; ///< nothing: it is for a service
    BodyReader reader = BodyReader::of_length(0);
    std::string body = {};
};

/// What few requests have, so that connections need not have it.
struct HttpConnection::Extra {
    std::string callback = {};                            ///< of callback-polling, for the answer
    std::shared_ptr<RequestHead const> upgrade_head = {}; ///< if heads are kept
};

struct HttpConnection::Partial {
    std::string head;       ///< so far
    std::size_t resume = 0; ///< see find_head_end()
    std::optional<Post> post;
};

/// What is known of a trusted proxy on the other side.
struct HttpConnection::Proxy {
    std::string peer; ///< itself, or who is behind it according to its PROXY header
    /// The begin of the connection, while it may be a PROXY header; then nothing.
    std::optional<std::string> header = std::string();
    bool forwards = true; ///< `peer` is trusted, so its X-Forwarded-For counts
    /// Of the client, who has no connection of its own.
    std::optional<AddressQuota::Place> place = {};
};

HttpConnection::HttpConnection(HttpSettings const& settings, std::string peer)
    : settings_(&settings), client_(std::move(peer))
{
    if (settings.trusted_proxies.contain_peer(client_))
        proxy_ = std::make_unique<Proxy>(Proxy{client_});
}
HttpConnection::~HttpConnection() = default;
HttpConnection::HttpConnection(HttpConnection&&) noexcept = default;

std::size_t HttpConnection::consume(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    auto const enough = out.size() + max_unsent;
    std::size_t used = 0;
    while (used < bytes.size() && !awaiting_answer_ && !is_stream_ && !upgraded() && !closing_ &&
           out.size() < enough) {
        auto const rest = bytes.substr(used);
        if (proxy_ && proxy_->header)
            used += take_proxy_header(rest, out, request);
        else if (!partial_)
            used += take_head(rest, out, request);
        else if (partial_->post)
            used += take_body(*partial_->post, rest, out, request);
        else
            used += take_more_head(rest, out, request);
    }
    return closing_ || streaming() ? bytes.size() : used;
}

std::size_t HttpConnection::take_proxy_header(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    auto& so_far = *proxy_->header;
    auto const before = so_far.size();
    so_far += bytes.substr(0, max_proxy_header_size - before);
    auto const header = parse_proxy_header(so_far);
    switch (header.status) {
    case ProxyHeader::Status::incomplete:
        return so_far.size() - before;
    case ProxyHeader::Status::absent: {
        auto begun = *std::exchange(proxy_->header, std::nullopt);
        begun.resize(before);
        static_cast<void>(consume(begun, out, request)); // all of it: it is too short for a request
        return 0;
    }
    case ProxyHeader::Status::malformed:
        proxy_->header.reset();
        refuse(400, out);
        return 0;
    case ProxyHeader::Status::complete:
        break;
    }
    proxy_->header.reset();
    if (!header.client.empty()) {
        client_ = proxy_->peer = header.client;
        proxy_->forwards = settings_->trusted_proxies.contain_peer(header.client);
        if (!proxy_->forwards)
            take_place(out);
    }
    return header.size - before;
}

bool HttpConnection::in_proxy_header() const
{
    return proxy_ && proxy_->header && !proxy_->header->empty();
}

/// The client's, among the connections of its address; false, and answered, when there is none.
bool HttpConnection::take_place(std::string& out)
{
    if (settings_->address_quota == nullptr)
        return true;
    proxy_->place.reset();
    if (auto place = settings_->address_quota->take(client_)) {
        proxy_->place.emplace(std::move(*place));
        return true;
    }
    note_refusal(503);
    persistence_ = Persistence::close;
    append_head(out, 503, frame());
    append_header(out, "Retry-After", "10");
    append_head_end(out, 0);
    end_request();
    return false;
}

std::size_t HttpConnection::take_head(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    if (proxy_ && client_ != proxy_->peer)
        client_ = proxy_->peer; // until this request says something else
    // Old clients send an empty line behind a body (RFC 9112 2.2).
    if (auto const begin = bytes.find_first_not_of("\r\n"); begin != 0)
        return std::min(begin, bytes.size());
    // Whoever speaks TLS or another protocol to us shall know at once.
    if (!is_token(bytes.front())) {
        refuse(400, out);
        return 0;
    }
    std::size_t resume = 0;
    if (auto const end = find_head_end(bytes.substr(0, settings_->max_header_size), resume);
        end > 0)
        return end + begin_request(bytes.substr(0, end), bytes.substr(end), out, request);
    if (bytes.size() >= settings_->max_header_size) {
        refuse(431, out);
        return 0;
    }
    partial_ = std::make_unique<Partial>();
    partial_->head = bytes;
    partial_->resume = resume;
    return bytes.size();
}

std::size_t HttpConnection::take_more_head(
    std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    auto& head = partial_->head;
    auto const before = head.size();
    head += bytes.substr(0, settings_->max_header_size - before);
    auto const end = find_head_end(head, partial_->resume);
    if (end == 0) {
        auto const taken = head.size() - before;
        if (head.size() >= settings_->max_header_size)
            refuse(431, out);
        return taken;
    }
    auto const whole = std::move(head);
    partial_.reset();
    auto const taken = end - before;
    return taken +
           begin_request(std::string_view(whole).substr(0, end), bytes.substr(taken), out, request);
}

std::size_t HttpConnection::begin_request(std::string_view head_bytes, std::string_view bytes,
    std::string& out, std::optional<BayeuxRequest>& request)
{
    auto const parsed = parse_head(head_bytes, settings_->browser_cookie_name);
    if (auto const* const error = std::get_if<HeadError>(&parsed)) {
        refuse(error->status, out);
        return 0;
    }
    auto const& head = std::get<HeadView>(parsed);
    if (settings_->allowed_origins.allows(head.origin))
        origin_ = head.origin;
    if (proxy_ && proxy_->forwards) {
        client_ = forwarded_client(head, settings_->trusted_proxies, proxy_->peer);
        if (client_ != proxy_->peer && !take_place(out))
            return 0;
    }
    if (!head.keep_alive)
        persistence_ = Persistence::close;
    else if (head.version == HeadView::Version::http_1_0)
        persistence_ = Persistence::keep_alive_http_1_0;
    else
        persistence_ = Persistence::keep_alive;

    auto const target = split_target(head.target);
    if (settings_->long_polling && target && is_mounted(target->path) &&
        equal_ignoring_case(head.method, "POST"))
        return begin_post(head, bytes, out, request);
    if (target && is_for_service(target->path) && !equal_ignoring_case(head.method, "OPTIONS"))
        return begin_service_request(head, bytes, out, request);
    // The body of any other request is nothing we want, and never read.
    if (head.has_body())
        persistence_ = Persistence::close;
    if (!target ||
        !(begin_callback(head, *target, out, request) || begin_stream(head, *target, out, request)))
        answer_other(head, out);
    return 0;
}

std::size_t HttpConnection::begin_post(HeadView const& head, std::string_view bytes,
    std::string& out, std::optional<BayeuxRequest>& request)
{
    if (refuse_visitor(head, out))
        return 0;
    return begin_body(head, {about(head, Transport::long_polling), body_format(head.content_type)},
        bytes, out, request);
}

std::size_t HttpConnection::begin_service_request(HeadView const& head, std::string_view bytes,
    std::string& out, std::optional<BayeuxRequest>& request)
{
    // The others change nothing (RFC 9110 9.2.1).
    if (head.method != "GET" && head.method != "HEAD" && refuse_visitor(head, out))
        return 0;
    Post post{about(head, Transport::long_polling), std::nullopt};
    if (!post.request.kept_head)
        post.request.kept_head = keep_head(head);
    is_head_ = equal_ignoring_case(head.method, "HEAD");
    return begin_body(head, std::move(post), bytes, out, request);
}

/// A page can post a form anywhere. It could not read the answer, but it would have been done.
bool HttpConnection::refuse_visitor(HeadView const& head, std::string& out)
{
    if (!refuses_origin(head) || !is_in_visitors_name(head))
        return false;
    persistence_ = Persistence::close; // nobody reads the body
    refuse_origin(out);
    end_request();
    return true;
}

std::size_t HttpConnection::begin_body(HeadView const& head, Post post, std::string_view bytes,
    std::string& out, std::optional<BayeuxRequest>& request)
{
    auto const max_size = settings_->max_message_size;
    if (head.content_length > max_size) {
        refuse(413, out);
        return 0;
    }
    if (!head.expect.empty() && head.version == HeadView::Version::http_1_1) {
        if (!equal_ignoring_case(head.expect, "100-continue")) {
            refuse(417, out);
            return 0;
        }
        if (head.has_body())
            out += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    post.reader = head.chunked ? BodyReader::chunked(max_size, settings_->max_header_size)
                               : BodyReader::of_length(head.content_length);
    auto const used = take_body(post, bytes, out, request);
    if (post.reader.status() == BodyReader::Status::incomplete) {
        partial_ = std::make_unique<Partial>();
        partial_->post = std::move(post);
    }
    return used;
}

std::size_t HttpConnection::take_body(
    Post& post, std::string_view bytes, std::string& out, std::optional<BayeuxRequest>& request)
{
    auto const used = post.reader.read(bytes, post.body);
    switch (post.reader.status()) {
    case BodyReader::Status::incomplete:
        break;
    case BodyReader::Status::complete:
        if (post.format) {
            submit(std::move(post.request),
                parse_body(std::move(post.body), *post.format, settings_->parse_limits), out,
                request);
        } else {
            request.emplace();
            request->request = std::move(post.request);
            request->service_body = std::move(post.body);
            awaiting_answer_ = true;
            partial_.reset(); // `post` may lie there
        }
        break;
    case BodyReader::Status::malformed:
        refuse(400, out);
        break;
    case BodyReader::Status::too_large:
        refuse(413, out);
        break;
    }
    return used;
}

bool HttpConnection::begin_callback(HeadView const& head, RequestTarget const& target,
    std::string& out, std::optional<BayeuxRequest>& request)
{
    if (!settings_->callback_polling || head.method != "GET" || head.upgrades_to_websocket ||
        !is_mounted(target.path))
        return false;
    auto query = parse_callback_query(target.query);
    if (!query)
        return false;
    extra_ = std::make_unique<Extra>(Extra{.callback = std::move(query->callback)});
    submit(about(head, Transport::callback_polling),
        parse_texts(std::move(query->messages), {}, settings_->parse_limits), out, request);
    return true;
}

bool HttpConnection::begin_stream(HeadView const& head, RequestTarget const& target,
    std::string& out, std::optional<BayeuxRequest>& request)
{
    if (!settings_->eventsource || !head.accepts_events || head.method != "GET" ||
        head.upgrades_to_websocket)
        return false;
    auto const client_id = stream_client_id(target.path, settings_->paths);
    if (!client_id)
        return false;
    if (refuses_origin(head)) {
        refuse_origin(out);
        end_request();
        return true;
    }
    persistence_ = Persistence::close;
    is_stream_ = true;
    awaiting_answer_ = true;
    request.emplace();
    request->request = about(head, Transport::eventsource);
    request->client_id = *client_id;
    return true;
}

void HttpConnection::submit(Request request, std::variant<Batch, ParseError> parsed,
    std::string& out, std::optional<BayeuxRequest>& into)
{
    if (auto const* const error = std::get_if<ParseError>(&parsed)) {
        note_refusal(status_of(error->kind));
        append_refusal(out, *error, frame());
        return end_request();
    }
    into = BayeuxRequest{std::move(request), std::get<Batch>(std::move(parsed))};
    awaiting_answer_ = true;
    partial_.reset();
}

void HttpConnection::answer_other(HeadView const& head, std::string& out)
{
    auto const target = split_target(head.target);
    auto const content =
        equal_ignoring_case(head.method, "HEAD") ? Content::head_only : Content::whole;
    auto const is_get = content == Content::head_only || equal_ignoring_case(head.method, "GET");
    if (equal_ignoring_case(head.method, "OPTIONS")) {
        append_head(out, 200, frame());
        if (!origin_.empty())
            append_preflight(out,
                target && is_for_service(target->path) ? service_methods : bayeux_methods,
                head.requested_headers);
        append_head_end(out, 0);
    } else if (!target) {
        note_refusal(400);
        append_text_response(out, 400, frame(), "Bad Request\n", content);
    } else if (is_mounted(target->path) && head.upgrades_to_websocket && settings_->websocket &&
               equal_ignoring_case(head.method, "GET")) {
        upgrade(head, out);
        if (upgraded())
            return;
    } else if (is_mounted(target->path) && !(is_get && is_client_script(target->path))) {
        note_refusal(400);
        append_text_response(out, 400, frame(), "Unknown Bayeux Transport\n", content);
    } else if (!is_get) {
        note_refusal(405);
        append_head(out, 405, frame());
        append_header(out, "Allow", "GET, HEAD, OPTIONS");
        append_head_end(out, 0);
    } else if (!settings_->static_files) {
        append_text_response(out, 404, frame(), "Not Found\n", content);
    } else {
        settings_->static_files->append_response(
            out, {target->path, target->query, head.if_none_match, content}, frame());
    }
    end_request();
}

void HttpConnection::upgrade(HeadView const& head, std::string& out)
{
    if (refuses_origin(head))
        return refuse_origin(out);
    if (draining_)
        return append_text_response(out, 503, frame(), "Going Away\n", Content::whole);
    auto const answer = append_upgrade(out, head, *settings_, frame());
    upgrade_ = answer.upgrade;
    if (answer.refusal != 0)
        note_refusal(answer.refusal);
    if (upgraded()) {
        origin_.clear();
        origin_.shrink_to_fit();
        if (settings_->keep_heads)
            extra_ = std::make_unique<Extra>(Extra{.upgrade_head = keep_head(head)});
    }
}

Request HttpConnection::about(HeadView const& head, Transport transport) const
{
    Request request;
    request.transport = transport;
    request.browser_id = head.browser_cookie;
    request.from_page = !head.origin.empty();
    if (settings_->keep_heads)
        request.kept_head = keep_head(head);
    return request;
}

std::shared_ptr<RequestHead const> HttpConnection::upgrade_head() const
{
    return extra_ ? extra_->upgrade_head : nullptr;
}

void HttpConnection::answer(Reply const& reply, std::string& out)
{
    if (streaming()) {
        closing_ = !reply.ok;
        if (!reply.messages.empty())
            append_event(out, reply.messages);
        return;
    }
    awaiting_answer_ = false;
    if (is_stream_ && reply.ok)
        return append_stream_start(out, frame());
    if (extra_)
        append_callback_reply(out, reply, extra_->callback, frame(), *settings_);
    else
        append_reply(out, reply, frame(), *settings_);
    end_request();
}

void HttpConnection::answer(WebReply const& reply, std::string& out)
{
    awaiting_answer_ = false;
    append_head(out, reply.status, frame());
    for (auto const& [name, value] : reply.headers)
        append_header(out, name, value);
    if (reply.status == 204 || reply.status == 304) {
        out += "\r\n"; // RFC 9110 8.6: no length where there is no body
    } else {
        append_head_end(out, reply.body.size());
        if (!is_head_)
            out += reply.body;
    }
    end_request();
}

void HttpConnection::time_out(std::string& out)
{
    if (partial_ || in_proxy_header())
        refuse(408, out);
    closing_ = true;
}

/// Each one at once: there may be many in what is read at a time, of several clients of a proxy.
void HttpConnection::note_refusal(unsigned status) const
{
    if (settings_->refusals != nullptr)
        settings_->refusals->note(status, client_);
}

std::size_t HttpConnection::kept() const
{
    if (!partial_)
        return 0;
    auto const& [head, resume, post] = *partial_;
    return head.capacity() + (post ? post->body.capacity() : 0);
}

void HttpConnection::refuse_origin(std::string& out)
{
    note_refusal(403);
    append_text_response(out, 403, frame(), "Origin Not Allowed\n", Content::whole);
}

void HttpConnection::refuse(unsigned status, std::string& out)
{
    note_refusal(status);
    persistence_ = Persistence::close;
    append_empty_response(out, status, frame());
    end_request();
}

void HttpConnection::end_request()
{
    closing_ = frame().persistence == Persistence::close;
    origin_.clear();
    origin_.shrink_to_fit();
    is_head_ = false;
    extra_.reset();
    partial_.reset();
    if (proxy_ && proxy_->forwards)
        proxy_->place.reset();
}

/// Before a socket or a stream is opened, or something posted in somebody's name. CORS guards none
/// of them: the first is not under it, and the others take effect even for a page that may not read
/// the answer.
bool HttpConnection::refuses_origin(HeadView const& head) const
{
    return !head.origin.empty() && origin_.empty() && !is_same_origin(head.origin, head.host);
}

/// Pages load the client from the server that it is for, as <path>/client.js from Faye's.
bool HttpConnection::is_client_script(std::string_view path) const
{
    return (path.ends_with(".js") || path.ends_with(".map")) && settings_->static_files &&
           settings_->static_files->has(path);
}

bool HttpConnection::is_mounted(std::string_view path) const
{
    auto const matches = [this](std::string_view decoded) {
        return std::ranges::any_of(settings_->paths,
            [decoded](std::string const& mount) { return is_under(decoded, mount); });
    };
    if (path.find('%') == std::string_view::npos)
        return matches(path);
    auto const decoded = percent_decode(path, Plus::itself);
    return decoded && matches(*decoded);
}

bool HttpConnection::is_for_service(std::string_view path) const
{
    return std::ranges::any_of(settings_->service_paths, [path](std::string const& taken) {
        return taken.ends_with('/') ? path.starts_with(taken) : path == taken;
    }) && !is_mounted(path);
}

ResponseFrame HttpConnection::frame() const
{
    return {.persistence = draining_ ? Persistence::close : persistence_,
        .date = settings_->date,
        .allowed_origin = origin_,
        .depends_on_origin = !settings_->allowed_origins.none()};
}

} // namespace bayeux::server
