#include "server/media_types.hpp"
#include "server/static_files.hpp"
#include "tests/http_fixture.hpp"

#include <regex>
#include <sys/stat.h>

using namespace bayeux::server;

namespace {

/// A directory to serve with a secret beside it.
struct Site {
    Site()
    {
        outside.write("secret.txt", "secret");
        outside.write("www/index.html", "<title>home</title>");
        outside.write("www/app.js", "run()");
        outside.write("www/.hidden", "hidden");
        outside.write("www/.git/config", "hidden");
        outside.write("www/a b+\xC3\xBC.txt", "odd name");
        outside.write("www/sub/page.HTML", "page");
        outside.write("www/with-index/index.html", "sub index");
        outside.write("www/empty.txt", "");
    }

    Response get(std::string_view target, std::string_view if_none_match = "",
        Content content = Content::whole) const
    {
        auto const path = target.substr(0, target.find('?'));
        std::string out;
        StaticFiles(root).append_response(out,
            {path, target.substr(path.size()), if_none_match, content},
            {.persistence = Persistence::keep_alive});
        auto response = take_response(out, content);
        BOOST_TEST(out == "");
        return response;
    }

    TemporaryDirectory outside;
    std::filesystem::path root = outside.path / "www";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(static_files, Site)

BOOST_AUTO_TEST_CASE(a_file_is_sent_with_its_type_and_what_caches_need)
{
    auto const response = get("/app.js?v=1");
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == "run()");
    BOOST_TEST(response["Content-Type"] == "text/javascript; charset=utf-8");
    BOOST_TEST(response["Cache-Control"] == "no-cache");
    BOOST_TEST(response["X-Content-Type-Options"] == "nosniff");
    BOOST_TEST(std::regex_match(response["ETag"], std::regex("\"[0-9a-f-]+\"")));
    BOOST_TEST(response["Last-Modified"].ends_with(" GMT"));
    BOOST_TEST(get("/empty.txt").body == "");
}

BOOST_AUTO_TEST_CASE(names_may_be_escaped)
{
    BOOST_TEST(get("/a%20b+%C3%bc.txt").body == "odd name");
    BOOST_TEST(get("/%61pp.js").body == "run()");
    BOOST_TEST(get("/sub%2Fpage.HTML").body == "page");
}

BOOST_AUTO_TEST_CASE(a_directory_is_its_index)
{
    BOOST_TEST(get("/").body == "<title>home</title>");
    BOOST_TEST(get("/")["Content-Type"] == "text/html; charset=utf-8");
    BOOST_TEST(get("/with-index/").body == "sub index");
    BOOST_TEST(get("/sub/").status == 404);
}

BOOST_AUTO_TEST_CASE(a_directory_without_its_slash_is_redirected)
{
    auto const response = get("/with-index?a=b");
    BOOST_TEST(response.status == 301);
    BOOST_TEST(response["Location"] == "/with-index/?a=b");
    BOOST_TEST(response["Content-Length"] == "0");
}

BOOST_AUTO_TEST_CASE(a_redirect_never_names_another_host)
{
    for (auto const* path : {"//with-index", "//with-index/..", "/\\with-index", "/%2Fwith-index"})
        BOOST_TEST(get(path).status == 404, path);
}

BOOST_AUTO_TEST_CASE(a_known_file_is_not_sent_again)
{
    auto const tag = get("/app.js")["ETag"];
    for (auto const& list : {tag, "W/" + tag, "\"x\", W/\"y\" ," + tag, std::string("*")}) {
        auto const response = get("/app.js", list);
        BOOST_TEST(response.status == 304, list);
        BOOST_TEST(response["ETag"] == tag);
        BOOST_TEST(response["Cache-Control"] == "no-cache");
        BOOST_TEST(!response.has("Content-Length"));
        BOOST_TEST(get("/app.js", list, Content::head_only).status == 304);
    }
    for (auto const& list : {std::string("\"x\""), tag.substr(1), tag.substr(0, tag.size() - 1)})
        BOOST_TEST(get("/app.js", list).status == 200, list);
}

BOOST_AUTO_TEST_CASE(a_changed_file_has_another_tag)
{
    auto const tag = get("/app.js")["ETag"];
    outside.write("www/app.js", "changed");
    BOOST_TEST(get("/app.js", tag).body == "changed");
    auto const changed = get("/app.js")["ETag"];
    auto const time = std::filesystem::last_write_time(root / "app.js");
    std::filesystem::last_write_time(root / "app.js", time + std::chrono::microseconds(1));
    BOOST_TEST(get("/app.js")["ETag"] != changed);
}

BOOST_AUTO_TEST_CASE(a_head_request_gets_the_head_alone)
{
    auto const response = get("/app.js", "", Content::head_only);
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response["Content-Length"] == "5");
    BOOST_TEST(response["ETag"] == get("/app.js")["ETag"]);
    BOOST_TEST(get("/none", "", Content::head_only).status == 404);
}

BOOST_AUTO_TEST_CASE(there_is_no_way_out)
{
    std::filesystem::create_symlink("../secret.txt", root / "link.txt");
    std::filesystem::create_directory_symlink("..", root / "up");
    std::filesystem::create_symlink("app.js", root / "inside.js");
    outside.write("www-beside/secret.txt", "secret");
    for (auto const* path :
        {"/../secret.txt", "/..", "/../", "/%2e%2e/secret.txt", "/%2E%2E%2Fsecret.txt",
            "/sub/../../secret.txt", "/..%5csecret.txt", "/..\\secret.txt", "/link.txt",
            "/up/secret.txt", "/up", "/up/", "/../www-beside/secret.txt", "/app.js%00.txt", "/%00",
            "//etc/passwd", "/./app.js", "/sub/./page.HTML", "/sub//page.HTML", "/app.js/",
            "/sub/../app.js", "/%252e%252e/secret.txt", "/..%252fsecret.txt", "/....//secret.txt",
            "/..;/secret.txt", "/%c0%ae%c0%ae/secret.txt", "/%2f%2e%2e%2fsecret.txt",
            "/sub/%2e%2e%2f%2e%2e%2fsecret.txt", "/.%2e/secret.txt", "/%5c..%5csecret.txt",
            "/..%00/secret.txt", "/C:/secret.txt", "/~/secret.txt", "/%2fetc%2fpasswd",
            "/file:///etc/passwd", "/\xef\xbc\x8e\xef\xbc\x8e/secret.txt"}) {
        auto const response = get(path);
        BOOST_TEST(response.status == 404, path << " " << response.status);
        BOOST_TEST(response.body == "Not Found\n", path);
    }
    BOOST_TEST(get("/%2").status == 400);
    BOOST_TEST(get("/inside.js").body == "run()");
}

BOOST_AUTO_TEST_CASE(names_with_a_dot_in_front_do_not_exist)
{
    for (auto const* path : {"/.hidden", "/.git/config", "/.git/", "/.git", "/%2ehidden"})
        BOOST_TEST(get(path).status == 404, path);
}

BOOST_AUTO_TEST_CASE(only_regular_files_exist)
{
    BOOST_TEST_REQUIRE(::mkfifo((root / "fifo").c_str(), 0600) == 0);
    BOOST_TEST(get("/fifo").status == 404);
    BOOST_TEST(get("/none.txt").status == 404);
    BOOST_TEST(get("/" + std::string(5'000, 'a')).status == 404);
}

BOOST_AUTO_TEST_CASE(a_file_too_large_for_memory_is_refused)
{
    outside.write("www/large.bin", "");
    std::filesystem::resize_file(root / "large.bin", StaticFiles::max_file_size);
    BOOST_TEST(get("/large.bin").body.size() == StaticFiles::max_file_size);
    std::filesystem::resize_file(root / "large.bin", StaticFiles::max_file_size + 1);
    BOOST_TEST(get("/large.bin").status == 500);
}

BOOST_AUTO_TEST_CASE(the_root_must_be_a_directory_and_may_be_a_link)
{
    BOOST_CHECK_THROW(StaticFiles(root / "app.js"), std::filesystem::filesystem_error);
    BOOST_CHECK_THROW(StaticFiles(root / "none"), std::filesystem::filesystem_error);
    std::filesystem::create_directory_symlink(root, outside.path / "alias");
    root = outside.path / "alias";
    BOOST_TEST(get("/app.js").body == "run()");
}

BOOST_AUTO_TEST_CASE(types_follow_the_extension)
{
    struct {
        char const* name;
        char const* type;
    } const rows[] = {
        {"a.html", "text/html; charset=utf-8"},
        {"A.HTML", "text/html; charset=utf-8"},
        {"a.css", "text/css; charset=utf-8"},
        {"a.min.js", "text/javascript; charset=utf-8"},
        {"a.mjs", "text/javascript; charset=utf-8"},
        {"a.json", "application/json"},
        {"a.js.map", "application/json"},
        {"a.svg", "image/svg+xml"},
        {"a.png", "image/png"},
        {"a.jpg", "image/jpeg"},
        {"a.ico", "image/x-icon"},
        {"a.txt", "text/plain; charset=utf-8"},
        {"a.woff2", "font/woff2"},
        {"a.webp", "image/webp"},
        {"a.wasm", "application/wasm"},
        {"a.webmanifest", "application/manifest+json"},
        {"a.exe", "application/octet-stream"},
        {"README", "application/octet-stream"},
        {"a.", "application/octet-stream"},
    };
    for (auto const& row : rows)
        BOOST_TEST(media_type_of(row.name) == row.type, row.name);
}

BOOST_AUTO_TEST_SUITE_END()
