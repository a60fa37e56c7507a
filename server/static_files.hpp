#pragma once

#include "server/http_response.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace bayeux::server {

/// The files below one directory, for GET and HEAD: demo pages and the like. Immutable, any thread.
/// Reading blocks, so it is for files that the page cache holds.
///
/// There is no way out: a path with `..`, an empty segment, a backslash or a NUL, however encoded,
/// leads nowhere, and so does a symbolic link to the outside. Names that begin with a dot, and what
/// is neither regular file nor directory, do not exist.
class StaticFiles {
public:
    /// A file goes to memory as a whole on its way out; a larger one is answered with 500.
    static constexpr std::size_t max_file_size = 16'777'216;

    struct Request {
        std::string_view path;  ///< as sent
        std::string_view query; ///< as sent, with its `?`
        std::string_view if_none_match;
        Content content = Content::whole;
    };

    /// Throws std::filesystem::filesystem_error when `root` is no directory.
    explicit StaticFiles(std::filesystem::path const& root);

    /// Whether there is something at `path`, as sent.
    bool has(std::string_view path) const;

    /// Appends the whole response: 200, 304, 301 to a directory's name with a slash, 400, 404, 500.
    void append_response(
        std::string& out, Request const& request, ResponseFrame const& frame) const;

private:
    /// Where a decoded path leads; nothing when it is refused or leads nowhere.
    std::optional<std::filesystem::path> find(std::string_view path) const;

    std::filesystem::path root_; ///< canonical
};

} // namespace bayeux::server
