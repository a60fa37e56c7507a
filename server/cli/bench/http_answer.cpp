#include "server/cli/bench/http_answer.hpp"

#include "server/cli/bench/failure.hpp"
#include "server/printable.hpp"

#include <algorithm>
#include <charconv>

namespace bayeux::cli {
namespace {

constexpr std::string_view end_of_line = "\r\n";

[[noreturn]] void refuse(std::string_view bytes)
{
    throw Failure("not an HTTP/1.1 answer: " + server::printable(bytes.substr(0, 80)));
}

char lower(char character)
{
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20) : character;
}

bool same_name(std::string_view name, std::string_view lower_name)
{
    return name.size() == lower_name.size() &&
           std::equal(name.begin(), name.end(), lower_name.begin(),
               [](char left, char right) { return lower(left) == right; });
}

std::size_t parse_size(std::string_view digits, int base, std::string_view bytes)
{
    std::size_t size = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [rest, error] = std::from_chars(digits.data(), end, size, base);
    if (error != std::errc() || rest != end || size > (1U << 30)) {
        refuse(bytes);
    }
    return size;
}

int status_of(std::string_view head)
{
    constexpr std::string_view version = "HTTP/1.1 ";
    if (!head.starts_with(version) || head.size() < version.size() + 3) {
        refuse(head);
    }
    return static_cast<int>(parse_size(head.substr(version.size(), 3), 10, head));
}

/// The length of the chunks at the front, whose content is added to `joined`; nothing while they
/// are incomplete. Trailers are skipped.
std::optional<std::size_t> join_chunks(std::string_view bytes, std::string& joined)
{
    joined.clear();
    for (std::size_t at = 0;;) {
        auto const line = bytes.find(end_of_line, at);
        if (line == std::string_view::npos) {
            return std::nullopt;
        }
        auto digits = bytes.substr(at, line - at);
        digits = digits.substr(0, digits.find_first_of("; \t"));
        auto const size = parse_size(digits, 16, bytes);
        at = line + 2;
        if (size == 0) {
            for (;;) {
                auto const trailer = bytes.find(end_of_line, at);
                if (trailer == std::string_view::npos) {
                    return std::nullopt;
                }
                bool const last = trailer == at;
                at = trailer + 2;
                if (last) {
                    return at;
                }
            }
        }
        if (bytes.size() < at + size + 2) {
            return std::nullopt;
        }
        joined.append(bytes, at, size);
        at += size;
        if (bytes.substr(at, 2) != end_of_line) {
            refuse(bytes.substr(at));
        }
        at += 2;
    }
}

} // namespace

std::optional<std::string_view> header_value(std::string_view head, std::string_view name)
{
    for (auto line = head.find(end_of_line); line != std::string_view::npos;) {
        auto const begin = line + 2;
        line = head.find(end_of_line, begin);
        // Most names are told apart by their first letter.
        if (begin >= head.size() || lower(head[begin]) != name[0]) {
            continue;
        }
        auto const field = head.substr(begin, line == std::string_view::npos ? line : line - begin);
        auto const colon = field.find(':');
        if (colon == std::string_view::npos || !same_name(field.substr(0, colon), name)) {
            continue;
        }
        auto value = field.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
        return value.substr(0, value.find_last_not_of(" \t") + 1);
    }
    return std::nullopt;
}

std::optional<HttpAnswer> first_answer(std::string_view bytes, std::string& joined)
{
    auto const end_of_head = bytes.find("\r\n\r\n");
    if (end_of_head == std::string_view::npos) {
        constexpr std::string_view begin = "HTTP/1.1 ";
        if (bytes.substr(0, begin.size()) != begin.substr(0, bytes.size())) {
            refuse(bytes);
        }
        return std::nullopt;
    }
    HttpAnswer answer;
    answer.head = bytes.substr(0, end_of_head);
    answer.status = status_of(answer.head);
    auto const begin = end_of_head + 4;
    if (answer.status == 101 || answer.status == 204 || answer.status == 304) {
        answer.length = begin;
        return answer;
    }
    if (auto const length = header_value(answer.head, "content-length")) {
        auto const size = parse_size(*length, 10, bytes);
        if (bytes.size() < begin + size) {
            return std::nullopt;
        }
        answer.body = bytes.substr(begin, size);
        answer.length = begin + size;
        return answer;
    }
    if (!header_value(answer.head, "transfer-encoding")) {
        throw Failure("an answer without Content-Length: " + server::printable(answer.head));
    }
    auto const chunks = join_chunks(bytes.substr(begin), joined);
    if (!chunks) {
        return std::nullopt;
    }
    answer.body = joined;
    answer.length = begin + *chunks;
    return answer;
}

} // namespace bayeux::cli
