#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

/// One line of the head of an HTTP request or response.
struct Header {
    std::string name;
    std::string value;
};

/// The head of an HTTP request, as it was sent. Immutable, any thread; views lie in it.
class RequestHead {
public:
    /// Of no request: everything is empty.
    RequestHead() = default;
    /// `target` is path and query.
    RequestHead(std::string method, std::string target, std::vector<Header> headers);

    std::string_view method() const { return method_; }
    /// Path and query.
    std::string_view target() const { return target_; }
    /// Begins with `/`; escapes are not decoded.
    std::string_view path() const;
    /// Behind the `?`; not decoded either.
    std::string_view query() const;

    std::vector<Header> const& headers() const { return headers_; }
    /// The first one of that name, whatever its case; empty without one.
    std::string_view header(std::string_view name) const;
    /// All of that name, in order.
    std::vector<std::string_view> header_values(std::string_view name) const;
    /// The first cookie of that name, without quotes; empty without one.
    std::string_view cookie(std::string_view name) const;
    /// The first parameter of that name in the query, decoded; empty without one, or when that one
    /// cannot be decoded. Others of the name do not matter.
    std::string parameter(std::string_view name) const;

private:
    std::string method_;
    std::string target_;
    std::vector<Header> headers_;
};

} // namespace bayeux
