#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

/// The pages of other origins that may talk to this server (wire-behaviour 1.7). Immutable.
///
/// An entry is an exact origin (`https://example.org`), one with any subdomain
/// (`https://*.example.org`), one with any port (`http://127.0.0.1:*`), or `*` for all. Compared
/// without regard to case; a scheme's default port may be written or left out.
class AllowedOrigins {
public:
    AllowedOrigins() = default;
    explicit AllowedOrigins(std::vector<std::string> const& entries);

    /// False too for what is unfit to be sent back in a header. `origin` is the header's value.
    bool allows(std::string_view origin) const;
    /// No origin at all is allowed, so no answer depends on the Origin header.
    bool none() const { return !any_ && entries_.empty(); }

private:
    struct Entry {
        std::string prefix; ///< up to the `*` of the host, or the whole
        std::string suffix; ///< from behind it; empty when the host has no `*`
        bool any_subdomain = false;
        bool any_port = false;
    };

    bool any_ = false;
    std::vector<Entry> entries_;
};

/// Header lines that let the page of `origin` read an answer.
void append_cors(std::string& out, std::string_view origin);

/// The header lines of the answer to a preflight, besides append_cors(). `methods` may be used, a
/// list. `requested_headers` is
/// the value of Access-Control-Request-Headers: granted as asked when it is a list of header
/// names, and disregarded otherwise (other-clients rule 13).
void append_preflight(
    std::string& out, std::string_view methods, std::string_view requested_headers);

} // namespace bayeux::server
