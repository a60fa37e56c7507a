#include "server/media_types.hpp"

#include "server/ascii.hpp"

namespace bayeux::server {

std::string_view media_type_of(std::string_view file_name)
{
    struct Row {
        std::string_view extension;
        std::string_view type;
    };
    // Browsers run scripts and styles only under their exact types, as nosniff asks them to.
    static constexpr Row rows[] = {
        {"html", "text/html; charset=utf-8"},
        {"htm", "text/html; charset=utf-8"},
        {"css", "text/css; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"},
        {"mjs", "text/javascript; charset=utf-8"},
        {"cjs", "text/javascript; charset=utf-8"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"webmanifest", "application/manifest+json"},
        {"wasm", "application/wasm"},
        {"xml", "application/xml"},
        {"pdf", "application/pdf"},
        {"txt", "text/plain; charset=utf-8"},
        {"md", "text/markdown; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"gif", "image/gif"},
        {"webp", "image/webp"},
        {"avif", "image/avif"},
        {"ico", "image/x-icon"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"mp3", "audio/mpeg"},
        {"ogg", "audio/ogg"},
        {"wav", "audio/wav"},
        {"mp4", "video/mp4"},
        {"webm", "video/webm"},
    };
    auto const dot = file_name.rfind('.');
    if (dot != std::string_view::npos) {
        auto const extension = file_name.substr(dot + 1);
        for (auto const& row : rows)
            if (equal_ignoring_case(row.extension, extension))
                return row.type;
    }
    return "application/octet-stream";
}

} // namespace bayeux::server
