#include "server/http_parser.hpp"

#include "bayeux/detail/cookie.hpp"
#include "server/ascii.hpp"
#include "server/header_list.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <functional>
#include <limits>

namespace bayeux::server {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

std::string_view view(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

/// A name or an address, and perhaps a port (RFC 9112 3.2); it may be empty.
bool is_host(std::string_view value)
{
    constexpr std::string_view others = "-._~%!$&'()*+,;=:[]";
    return std::ranges::all_of(value, [&](char c) {
        return is_letter(c) || is_digit(c) || others.find(c) != std::string_view::npos;
    });
}

/// Beast knows the grammar; this picks the values.
class HeadParser final : public http::basic_parser<true> {
public:
    explicit HeadParser(std::string_view browser_cookie_name)
        : browser_cookie_name_(browser_cookie_name)
    {
        header_limit(std::numeric_limits<std::uint32_t>::max()); // the caller has seen to it
        skip(true);                                              // of the body
    }

    std::variant<HeadView, HeadError> parse(std::string_view head)
    {
        head_ = head;
        error_code error;
        auto const used = put({head.data(), head.size()}, error);
        if (error || !is_done() || used != head.size() || !is_framing_clear())
            return HeadError{400};
        if (transfer_encoding_count_ > 0 && !equal_ignoring_case(transfer_encoding_, "chunked"))
            return HeadError{501}; // there may be a coding that we do not know
        result_.bytes = head;
        result_.keep_alive = keep_alive();
        result_.upgrades_to_websocket = websocket_ && upgrade();
        result_.chunked = chunked();
        result_.content_length = content_length().value_or(0);
        return result_;
    }

private:
    /// What Beast leaves to its user of RFC 9112 3.2 (Host) and 6.1 (Transfer-Encoding).
    bool is_framing_clear() const
    {
        auto const is_http_1_1 = result_.version == HeadView::Version::http_1_1;
        if (host_count_ > 1 || (is_http_1_1 && host_count_ == 0) || !is_host(result_.host))
            return false;
        return transfer_encoding_count_ == 0 ||
               (transfer_encoding_count_ == 1 && is_http_1_1 && !content_length());
    }

    /// RFC 9112 5.2 asks to refuse folded lines. Beast joins them in a buffer of its own, or skips
    /// an empty first line.
    bool is_folded(std::string_view name, std::string_view value) const
    {
        auto const* const gap = name.data() + name.size();
        std::less<> const before;
        return before(value.data(), gap) || before(head_.data() + head_.size(), value.data()) ||
               std::find(gap, value.data(), '\n') != value.data();
    }

    void on_request_impl(http::verb, boost::beast::string_view method,
        boost::beast::string_view target, int version, error_code&) override
    {
        result_.method = view(method);
        result_.target = view(target);
        result_.version = version == 10 ? HeadView::Version::http_1_0 : HeadView::Version::http_1_1;
    }

    void on_field_impl(http::field field, boost::beast::string_view name,
        boost::beast::string_view text, error_code& error) override
    {
        auto const value = view(text);
        if (is_folded(view(name), value)) {
            error = http::error::bad_field;
            return;
        }
        switch (field) {
        case http::field::host:
            ++host_count_;
            result_.host = value;
            break;
        case http::field::upgrade:
            websocket_ = websocket_ || list_has(value, "websocket");
            break;
        case http::field::accept:
            result_.accepts_events = result_.accepts_events || list_has(value, "text/event-stream");
            break;
        case http::field::sec_websocket_key:
            result_.websocket_key = value;
            break;
        case http::field::sec_websocket_version:
            result_.websocket_version = value;
            break;
        case http::field::sec_websocket_protocol:
            result_.websocket_protocols = value;
            break;
        case http::field::sec_websocket_extensions:
            result_.websocket_extensions = value;
            break;
        case http::field::transfer_encoding:
            ++transfer_encoding_count_;
            transfer_encoding_ = value;
            break;
        case http::field::content_type:
            result_.content_type = value;
            break;
        case http::field::cookie:
            if (result_.browser_cookie.empty())
                result_.browser_cookie = detail::find_cookie(value, browser_cookie_name_);
            break;
        case http::field::origin:
            result_.origin = value;
            break;
        case http::field::expect:
            result_.expect = value;
            break;
        case http::field::if_none_match:
            result_.if_none_match = value;
            break;
        case http::field::access_control_request_headers:
            result_.requested_headers = value;
            break;
        default:
            break;
        }
    }

    // With skip(true) nothing below is asked for more than to be there.
    void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(boost::beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view, error_code&) override
    {
        return 0;
    }
    void on_finish_impl(error_code&) override {}

    std::string_view browser_cookie_name_;
    std::string_view head_;
    HeadView result_;
    std::string_view transfer_encoding_;
    int transfer_encoding_count_ = 0;
    int host_count_ = 0;
    bool websocket_ = false;
};

} // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t& resume)
{
    // Lines that end in LF alone end a head as well, so that it is refused and not waited for.
    for (auto line_end = bytes.find('\n', resume); line_end != std::string_view::npos;
         line_end = bytes.find('\n', line_end + 1)) {
        auto const next = bytes.substr(line_end + 1, 2);
        if (next.starts_with('\n'))
            return line_end + 2;
        if (next == "\r\n")
            return line_end + 3;
        if (next.empty() || next == "\r") {
            resume = line_end;
            return 0;
        }
    }
    resume = bytes.size();
    return 0;
}

std::variant<HeadView, HeadError> parse_head(
    std::string_view head, std::string_view browser_cookie_name)
{
    return HeadParser(browser_cookie_name).parse(head);
}

} // namespace bayeux::server
