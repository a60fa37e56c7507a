#include "server/log.hpp"
#include "server/printable.hpp"
#include "tests/support/captured_standard_error.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <regex>
#include <string>
#include <thread>

namespace bayeux::server {
namespace {

using testing::CapturedStandardError;

BOOST_AUTO_TEST_SUITE(logging)

BOOST_AUTO_TEST_CASE(control_characters_become_escapes)
{
    BOOST_TEST(printable("a\nb\rc\td") == "a\\nb\\rc\\td");
    BOOST_TEST(printable(std::string_view("\0\x1b[0m\x7f", 6)) == "\\x00\\x1b[0m\\x7f");
    BOOST_TEST(printable("\xc2\x9b") == "\\xc2\\x9b"); // CSI, as dangerous as ESC [
}

BOOST_AUTO_TEST_CASE(text_in_any_language_stays)
{
    for (std::string const text : {"", "plain \\ text", "\xc3\xa4\xc2\xa0", "\xe2\x82\xac",
             "\xf0\x9f\x99\x82", "\xf4\x8f\xbf\xbf"}) {
        BOOST_TEST(printable(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_becomes_escapes)
{
    BOOST_TEST(printable("\x9b") == "\\x9b");
    BOOST_TEST(printable("\xc3") == "\\xc3");
    BOOST_TEST(printable("\xe2\x82z") == "\\xe2\\x82z");
    BOOST_TEST(printable("\xc0\x8a") == "\\xc0\\x8a");
    BOOST_TEST(printable("\xff\xfe") == "\\xff\\xfe");
    BOOST_TEST(printable("\xe0\x80\x8a") == "\\xe0\\x80\\x8a"); // a line break in three bytes
    BOOST_TEST(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    BOOST_TEST(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

BOOST_AUTO_TEST_CASE(a_line_has_time_level_and_text)
{
    std::string text;
    {
        CapturedStandardError const standard_error;
        init_log(LogLevel::debug);
        log(LogLevel::debug, "a");
        log(LogLevel::info, "listening on {}%");
        log(LogLevel::warning, "forged\n2026-01-01T00:00:00.000Z error line");
        log(LogLevel::error, "d");
        text = standard_error.text();
    }
    std::string const time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )";
    std::regex const lines(time + "debug a\n" + time + "info listening on \\{\\}%\n" + time +
                           R"(warning forged\\n2026-01-01T00:00:00\.000Z error line)" + "\n" +
                           time + "error d\n");
    BOOST_TEST(std::regex_match(text, lines), text);
}

BOOST_AUTO_TEST_CASE(events_below_the_level_are_dropped)
{
    std::string text;
    {
        CapturedStandardError const standard_error;
        init_log(LogLevel::warning);
        log(LogLevel::info, "dropped");
        log(LogLevel::warning, "kept");
        text = standard_error.text();
    }
    BOOST_TEST(text.ends_with(" warning kept\n"));
    BOOST_TEST(text.find("dropped") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(threads_do_not_mix_their_lines)
{
    std::string text;
    {
        CapturedStandardError const standard_error;
        init_log(LogLevel::info);
        std::array<std::thread, 4> threads;
        for (auto& thread : threads) {
            thread = std::thread([] {
                for (int line = 0; line < 100; ++line) {
                    log(LogLevel::info, std::string(200, 'x'));
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        text = standard_error.text();
    }
    std::regex const line(R"([0-9T:.-]+Z info x{200}\n)");
    auto const count =
        std::distance(std::sregex_iterator(text.begin(), text.end(), line), std::sregex_iterator());
    BOOST_TEST(count == 400);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace bayeux::server
