#pragma once

#include "tests/http_driver.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::server {

/// A response as an independent parser understands it.
struct Response {
    unsigned status = 0;
    std::string body;
    boost::beast::http::fields headers;

    std::string operator[](std::string_view name) const
    {
        auto const value = headers[name];
        return {value.data(), value.size()};
    }
    bool has(std::string_view name) const { return headers.count(name) > 0; }
};

/// Takes the first response off `bytes`.
inline Response take_response(std::string& bytes, Content content = Content::whole)
{
    namespace http = boost::beast::http;
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.skip(content == Content::head_only);
    parser.body_limit(boost::none);
    boost::beast::error_code error;
    bytes.erase(0, parser.put(boost::asio::buffer(bytes), error));
    BOOST_TEST_REQUIRE(!error, error.message());
    BOOST_TEST_REQUIRE(parser.is_done());
    auto message = parser.release();
    return {message.result_int(), std::move(message.body()), std::move(message.base())};
}

inline std::vector<Response> take_responses(std::string bytes)
{
    std::vector<Response> responses;
    while (!bytes.empty())
        responses.push_back(take_response(bytes));
    return responses;
}

/// What a new connection answers to `bytes`: exactly one response.
inline Response response_to(
    HttpSettings const& settings, std::string_view bytes, Content content = Content::whole)
{
    HttpDriver driver(settings);
    driver.send(bytes);
    auto response = take_response(driver.output, content);
    BOOST_TEST(driver.output == "");
    return response;
}

/// A POST of `body` with a Content-Length; `headers` are whole lines.
inline std::string post(
    std::string_view body, std::string_view headers = "", std::string_view target = "/cometd")
{
    return "POST " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// A directory that goes with its contents.
class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "bayeux-XXXXXX").string();
        BOOST_TEST_REQUIRE(::mkdtemp(name.data()));
        path = std::filesystem::canonical(name);
    }
    ~TemporaryDirectory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;

    void write(std::string_view name, std::string_view content) const
    {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << content;
    }

    std::filesystem::path path;
};

} // namespace bayeux::server
