#include "server/static_files.hpp"

#include "server/descriptor.hpp"
#include "server/media_types.hpp"
#include "server/uri.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace bayeux::server {
namespace {

namespace fs = std::filesystem;

/// A file or directory, open for reading.
class File {
public:
    explicit File(fs::path const& path)
        // Without O_NONBLOCK a FIFO would wait for its writer before we see that it is one.
        : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)),
          is_open_(descriptor_.get() >= 0 && ::fstat(descriptor_.get(), &status_) == 0)
    {}

    bool is_regular() const { return is_open_ && S_ISREG(status_.st_mode); }
    bool is_directory() const { return is_open_ && S_ISDIR(status_.st_mode); }
    std::size_t size() const { return static_cast<std::size_t>(status_.st_size); }
    timespec modified() const { return status_.st_mtim; }

    /// Appends size() bytes; false when there were fewer.
    bool read(std::string& out) const
    {
        auto const start = out.size();
        out.resize(start + size());
        for (auto done = start; done < out.size();) {
            auto const n = ::read(descriptor_.get(), out.data() + done, out.size() - done);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                return false;
            done += static_cast<std::size_t>(n);
        }
        return true;
    }

private:
    struct stat status_ {};
    Descriptor descriptor_;
    bool is_open_;
};

/// Changes whenever the file does, as far as size and time of change tell.
std::string entity_tag(File const& file)
{
    std::string tag = "\"";
    auto const append = [&tag](std::uint64_t number) {
        std::array<char, 16> digits;
        auto const end =
            std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
        tag.append(digits.data(), end);
    };
    append(file.size());
    tag += '-';
    append(static_cast<std::uint64_t>(file.modified().tv_sec));
    tag += '-';
    append(static_cast<std::uint64_t>(file.modified().tv_nsec));
    tag += '"';
    return tag;
}

/// If-None-Match: `*` or a list of tags, compared weakly (RFC 9110 13.1.2).
bool matches(std::string_view list, std::string_view tag)
{
    if (list == "*")
        return true;
    for (;;) {
        auto const begin = list.find('"');
        if (begin == std::string_view::npos)
            return false;
        auto const end = list.find('"', begin + 1);
        if (end == std::string_view::npos)
            return false;
        if (list.substr(begin, end + 1 - begin) == tag)
            return true;
        list.remove_prefix(end + 1);
    }
}

/// Whether a segment between slashes may name something.
bool is_name(std::string_view segment)
{
    constexpr std::string_view forbidden("\\\0", 2);
    return !segment.empty() && !segment.starts_with('.') &&
           segment.find_first_of(forbidden) == std::string_view::npos;
}

void append_file(std::string& out, File const& file, fs::path const& path,
    StaticFiles::Request const& request, ResponseFrame const& frame)
{
    if (!file.is_regular())
        return append_text_response(out, 404, frame, "Not Found\n", request.content);
    if (file.size() > StaticFiles::max_file_size)
        return append_text_response(
            out, 500, frame, "The file is too large to be served\n", request.content);

    auto const start = out.size();
    auto const tag = entity_tag(file);
    auto const is_known = matches(request.if_none_match, tag);
    append_head(out, is_known ? 304 : 200, frame);
    append_header(out, "ETag", tag);
    append_header(out, "Cache-Control", "no-cache");
    if (is_known) {
        out += "\r\n";
        return;
    }
    append_header(out, "Last-Modified", http_date(file.modified().tv_sec));
    append_header(out, "Content-Type", media_type_of(path.filename().native()));
    append_header(out, "X-Content-Type-Options", "nosniff");
    append_head_end(out, file.size());
    if (request.content == Content::whole && !file.read(out)) {
        out.resize(start); // it has shrunk meanwhile: what the head says is not true any more
        append_text_response(out, 500, frame, "The file cannot be read\n", request.content);
    }
}

} // namespace

StaticFiles::StaticFiles(fs::path const& root) : root_(fs::canonical(root))
{
    if (!fs::is_directory(root_))
        throw fs::filesystem_error(
            "not served", root, std::make_error_code(std::errc::not_a_directory));
}

std::optional<fs::path> StaticFiles::find(std::string_view path) const
{
    path.remove_prefix(1);
    auto found = root_.native();
    bool has_links = false;
    for (auto rest = path; !rest.empty();) {
        auto const segment = rest.substr(0, rest.find('/'));
        if (!is_name(segment))
            return std::nullopt;
        rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
        (found += '/') += segment;
        struct stat status {};
        if (::lstat(found.c_str(), &status) != 0)
            return std::nullopt;
        has_links = has_links || S_ISLNK(status.st_mode);
    }
    if (!has_links) // nearly always: canonical() asks about each segment of the root too
        return found;
    std::error_code error;
    auto target = fs::canonical(found, error);
    if (error || std::ranges::mismatch(root_, target).in1 != root_.end())
        return std::nullopt;
    return target;
}

bool StaticFiles::has(std::string_view path) const
{
    auto const decoded = percent_decode(path, Plus::itself);
    return decoded && decoded->starts_with('/') && find(*decoded);
}

void StaticFiles::append_response(
    std::string& out, Request const& request, ResponseFrame const& frame) const
{
    auto path = percent_decode(request.path, Plus::itself);
    if (!path || !path->starts_with('/'))
        return append_text_response(out, 400, frame, "Bad Request\n", request.content);
    auto const is_directory_name = path->ends_with('/');
    if (is_directory_name)
        *path += "index.html";
    auto const found = find(*path);
    if (!found)
        return append_text_response(out, 404, frame, "Not Found\n", request.content);
    File const file(*found);
    if (!is_directory_name && file.is_directory()) {
        append_head(out, 301, frame);
        auto location = std::string(request.path);
        location += '/';
        location += request.query;
        append_header(out, "Location", location);
        return append_head_end(out, 0);
    }
    append_file(out, file, *found, request, frame);
}

} // namespace bayeux::server
