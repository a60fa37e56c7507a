// The small parsers, one for each value of the input's first byte. They must not crash, and what
// they make of the rest has to be what a slower reader, or their own inverse, makes of it.

#include "bayeux/binary.hpp"
#include "bayeux/channel_name.hpp"
#include "bayeux/channel_template.hpp"
#include "bayeux/data_filter.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/request_head.hpp"
#include "bayeux/utf8.hpp"
#include "server/callback_polling.hpp"
#include "server/charset.hpp"
#include "server/cli/bench/failure.hpp"
#include "server/cli/bench/frame.hpp"
#include "server/cli/bench/http_answer.hpp"
#include "server/cli/bench/replies.hpp"
#include "server/cli/bench/url.hpp"
#include "server/cors.hpp"
#include "server/deflate.hpp"
#include "server/form_body.hpp"
#include "server/header_list.hpp"
#include "server/http_body.hpp"
#include "server/http_parser.hpp"
#include "server/option_table.hpp"
#include "server/option_text.hpp"
#include "server/options.hpp"
#include "server/printable.hpp"
#include "server/program_info.hpp"
#include "server/proxy_header.hpp"
#include "server/uri.hpp"
#include "services/services.hpp"
#include "tests/fuzz/bytes.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

using namespace bayeux;
using namespace bayeux::server;
using bayeux::fuzz::require;

namespace {

/// The text up to a line break, which is taken too.
std::string_view take_line(std::string_view& text)
{
    auto const line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

/// RFC 3629, code by code.
bool is_utf8_slowly(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        auto const first = static_cast<unsigned char>(text[at++]);
        if (first < 0x80)
            continue;
        auto const more = first >= 0xf0 ? 3U : first >= 0xe0 ? 2U : 1U;
        if (first < 0xc0 || first > 0xf7 || text.size() - at < more)
            return false;
        std::uint32_t code = first & (0x3fU >> more);
        for (auto left = more; left > 0; --left, ++at) {
            auto const next = static_cast<unsigned char>(text[at]);
            if ((next & 0xc0U) != 0x80)
                return false;
            code = code << 6U | (next & 0x3fU);
        }
        constexpr std::array<std::uint32_t, 4> least{0, 0x80, 0x800, 0x10000};
        if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            return false;
    }
    return true;
}

void read_utf8(std::string_view text)
{
    bool const valid = is_valid_utf8(text);
    require(valid == is_utf8_slowly(text), "UTF-8?");
    auto const whole = whole_utf8(text);
    require(!valid || (whole && *whole == text.size()), "not the whole text");
    if (!whole)
        return require(!valid, "valid, and not to be completed");
    require(is_valid_utf8(text.substr(0, *whole)) && text.size() - *whole <= 3, "not whole");
    std::string quoted;
    if (!valid)
        return;
    append_json_string(quoted, text);
    require(boost::json::parse(quoted).as_string() == text, "another string");
}

void read_channel(std::string_view name)
{
    if (!is_channel_name(name, 100, 5))
        return;
    require(name.size() > 1 && name.size() <= 101 && name.front() == '/', "no channel");
    require(name.find("//") == std::string_view::npos, "an empty segment");
    auto const identity = channel_identity(name);
    require(identity.size() >= 2 && name.starts_with(identity), "another channel");
    int wild = 0;
    if (!is_wild(identity))
        for_each_wild_name(identity, [&](std::string_view each) {
            ++wild;
            require(is_wild(each) && each.size() <= identity.size() + 2, "no wild channel");
        });
    require(wild <= 7, "more wild channels than segments");
}

void read_template(std::string_view text)
{
    auto const pattern = take_line(text);
    try {
        ChannelTemplate const channels(pattern);
        require(pattern.starts_with(channels.text()), "another text");
        require(is_channel_name(channels.listening_channel(), 10'000), "listens to no channel");
        if (is_channel_name(text, 10'000))
            (void)channels.match(text);
    } catch (std::invalid_argument const&) { // that is how it refuses
    }
}

void read_url(std::string_view text)
{
    auto const plain = percent_decode(text, Plus::itself);
    require(!plain || plain->size() <= text.size(), "longer than its code");
    require(text.find('%') != std::string_view::npos || (plain && *plain == text), "changed");
    (void)form_values(text, "message");
    if (auto const target = split_target(text))
        require(target->path == "*" || target->path.starts_with('/'), "no path");
    RequestHead const head("GET", std::string(text), {{"Cookie", std::string(text)}});
    (void)head.parameter("message");
    (void)head.cookie("BAYEUX_BROWSER");
    require(head.path().size() + head.query().size() <= text.size() + 1, "made up");
    (void)is_form(text, MediaType::other);
}

void read_callback(std::string_view text)
{
    auto const query = parse_callback_query(text);
    if (!query)
        return;
    for (auto const c : query->callback)
        require(std::string_view("<>&'\"()[]{};=/\\ \r\n").find(c) == std::string_view::npos,
            "a script instead of a name");
    Reply reply;
    reply.replies = R"({"data":"</script>)"
                    "\xe2\x80\xa8\"}";
    std::string out;
    append_callback_reply(out, reply, query->callback, {}, {});
    require(out.find("\xe2\x80\xa8") == std::string::npos, "what ends a line of a script");
}

void read_head(std::string_view text)
{
    auto const bytes = std::string(text) + "\r\n\r\n";
    std::size_t resume = 0;
    auto const end = find_head_end(bytes, resume);
    require(end > 0 && end <= bytes.size(), "no end");
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) { // byte by byte it is the same
        std::size_t at = 0;
        auto const first = find_head_end(std::string_view(bytes).substr(0, cut), at);
        require(first == (cut < end ? 0 : end), "another end");
        require(first > 0 || find_head_end(bytes, at) == end, "another end after a pause");
    }
    auto const parsed = parse_head(std::string_view(bytes).substr(0, end), "BAYEUX_BROWSER");
    if (auto const* const error = std::get_if<HeadError>(&parsed))
        return require(error->status >= 400 && error->status < 600, "no status");
    auto const& head = std::get<HeadView>(parsed);
    for (auto const value : {head.origin, head.host, head.browser_cookie, head.target})
        require(value.find_first_of("\r\n") == std::string_view::npos, "a line break");
    require(!head.chunked || head.content_length == 0, "two lengths");
}

/// In pieces it is the same.
void read_chunks(std::string_view text)
{
    auto const read = [&](std::size_t piece) {
        auto reader = BodyReader::chunked(200, 100);
        std::string body;
        std::size_t used = 0;
        while (used < text.size() && reader.status() == BodyReader::Status::incomplete) {
            auto const taken = reader.read(text.substr(used, piece), body);
            require(taken <= piece, "more than there was");
            used += taken;
            if (taken == 0)
                break;
        }
        require(body.size() <= 200, "too large");
        bool const failed = reader.status() != BodyReader::Status::incomplete &&
                            reader.status() != BodyReader::Status::complete;
        return std::tuple(reader.status(), failed ? std::string() : body, failed ? 0 : used);
    };
    auto const whole = read(text.size() + 1);
    for (auto const piece : {1U, 3U})
        require(read(piece) == whole, "another body in pieces");
}

void read_deflate(std::string_view text)
{
    static MessageDeflate deflate;
    std::string message(text);
    if (deflate.decompress(message, 5'000) == MessageDeflate::Result::ok)
        require(message.size() <= 5'000, "too large");
    if (auto compressed = deflate.compress(text)) {
        require(compressed->size() < text.size(), "no shorter");
        require(deflate.decompress(*compressed, text.size()) == MessageDeflate::Result::ok &&
                    *compressed == text,
            "something else comes back");
    }
    (void)agree_on_deflate(text);
}

void read_origins(std::string_view text)
{
    auto const origin = take_line(text);
    std::vector<std::string> entries;
    while (!text.empty())
        entries.emplace_back(take_line(text));
    bool const allowed = AllowedOrigins(entries).allows(origin);
    require(!allowed || std::ranges::none_of(
                            origin, [](char c) { return static_cast<unsigned char>(c) < ' '; }),
        "unfit for a header");
    require(!allowed || !entries.empty(), "allowed by nobody");
    std::string out;
    append_preflight(out, "GET", origin);
    require(std::ranges::count(out, '\n') <= 4, "lines of somebody else");
}

void read_charset(std::string_view text)
{
    auto const type = take_line(text);
    (void)has_media_type(type, "text/plain");
    auto const charset = charset_of(type);
    if (auto const converted = to_utf8(text, std::string(charset)))
        require(is_valid_utf8(*converted) || is_utf8(charset), "no UTF-8");
    (void)list_has(type, "upgrade");
    require(is_valid_utf8(printable(text)), "unfit to print");
}

void read_z85(std::string_view text)
{
    require(z85_decode(z85_encode(text)) == text, "other bytes");
    if (auto const bytes = z85_decode(text))
        require(z85_decode(z85_encode(*bytes)) == *bytes, "other bytes");
}

void filter(std::string_view text)
{
    boost::json::error_code failed;
    auto const value = boost::json::parse(text, failed);
    if (failed)
        return;
    auto const same = [](std::string_view each) { return std::optional(std::string(each)); };
    require(filter_values(text, {.string = same, .number = same}) == text, "changed");
    for (auto const& change : {no_markup, no_scripts})
        if (auto const changed = filter_values(text, {.string = change})) {
            (void)boost::json::parse(*changed, failed);
            require(!failed, "no JSON any more");
        }
}

/// What bayeux bench reads.
void read_of_a_server(std::string_view text)
{
    try {
        std::string joined;
        if (auto const answer = cli::first_answer(text, joined)) {
            require(answer->length <= text.size(), "longer than it is");
            (void)cli::header_value(answer->head, "content-type");
        }
    } catch (cli::Failure const&) { // that is how it refuses
    }
    try {
        if (auto const frame = cli::first_frame(text))
            require(frame->length <= text.size(), "longer than it is");
    } catch (cli::Failure const&) {
    }
    try {
        unsigned count = 0;
        if (cli::are_plain_replies(text, count))
            require(cli::read_replies(text).count == count, "another number of replies");
        (void)cli::read_replies(text);
    } catch (cli::Failure const&) {
    }
}

void read_proxy_header(std::string_view text)
{
    auto const whole = parse_proxy_header(text);
    if (whole.status == ProxyHeader::Status::complete)
        require(whole.size <= text.size(), "longer than it is");
    for (std::size_t cut = 0; cut < std::min<std::size_t>(text.size(), 300); ++cut) {
        auto const part = parse_proxy_header(text.substr(0, cut));
        require(part.status == ProxyHeader::Status::incomplete || part.status == whole.status,
            "another answer to a part");
    }
}

/// As the file that --config names; what --print-config makes of it is read back as the same.
void read_configuration(std::string_view text)
{
    static ProgramInfo const program{"bayeuxd", "1", services::types(), {}};
    auto const read = [](std::string_view file) {
        auto const descriptor = ::memfd_create("configuration", 0);
        require(descriptor >= 0 && ::write(descriptor, file.data(), file.size()) ==
                                       static_cast<::ssize_t>(file.size()),
            "no file");
        auto const option = "--config=/proc/self/fd/" + std::to_string(descriptor);
        std::array const arguments{"bayeuxd", option.c_str(), "--print-config"};
        auto const parsed = parse_options(3, arguments.data(), {}, program);
        ::close(descriptor);
        require(std::holds_alternative<Exit>(parsed), "started");
        return std::get<Exit>(parsed);
    };
    auto const first = read(text);
    require(first.text.ends_with('\n'), "half a line");
    if (first.status != 0)
        return;
    auto const again = read(first.text);
    require(again.status == 0 && again.text == first.text, "read back as something else");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    std::string_view const rest(reinterpret_cast<char const*>(data + 1), size - 1);
    constexpr std::array readers{read_utf8, read_channel, read_template, read_url, read_callback,
        read_head, read_chunks, read_deflate, read_origins, read_charset, read_z85, filter,
        read_of_a_server, read_proxy_header, read_configuration};
    readers[data[0] % readers.size()](rest);
    return 0;
}
