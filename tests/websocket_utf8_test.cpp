// The cases of the Autobahn testsuite on UTF-8: its section 6.

#include "bayeux/utf8.hpp"
#include "tests/websocket_cases.hpp"

using namespace bayeux;
using namespace bayeux::server;
using namespace bayeux::testing;
using namespace std::string_literals;

namespace {

/// A word of characters of two and of three bytes.
std::string const greek = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
std::string const umlauts = "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4";
std::string const accents = "\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!";

struct Utf8Cases : WireCases {
    /// In one frame, and in a frame for each byte.
    void check_message(std::string const& number, std::string_view message,
        std::vector<ServerFrame> const& answer) const
    {
        check({number, {client_text(message)}, answer});
        check({number + " in fragments", fragments_of(message, 1), answer});
    }

    void check_valid(std::string const& number, std::string_view data) const
    {
        auto const [sent, answer] = exchange_of(data);
        check_message(number, sent, {{text, answer}});
    }

    void check_invalid(std::string const& number, std::string_view data) const
    {
        check_message(number, data, {closed(1007)});
        check_message(number + " in a message", exchange_of(data).sent, {closed(1007)});
    }
};

/// How many pieces were sent when the socket closed.
std::size_t pieces_until_close(HttpSettings const& settings, std::vector<std::string> const& pieces)
{
    UpgradeDriver driver(settings);
    driver.send(upgrade_request());
    std::size_t sent = 0;
    while (!driver.closing() && sent < pieces.size())
        driver.send(pieces[sent++]);
    BOOST_TEST(driver.closing());
    return sent;
}

/// The bytes that a tester of UTF-8 goes through, in the order and by the numbers of the list.
struct Group {
    bool valid;
    std::vector<std::string> texts;
};

std::string range(int first, int last, std::string_view behind)
{
    std::string bytes;
    for (auto c = first; c <= last; ++c)
        (bytes += static_cast<char>(c)) += behind;
    return bytes;
}

/// Code points that end in fffe and ffff, of all planes but the first.
std::vector<std::string> non_characters()
{
    std::vector<std::string> all{"\xef\xbf\xbe", "\xef\xbf\xbf"};
    for (char32_t plane = 1; plane <= 16; ++plane)
        for (char32_t const last : {0xfffeU, 0xffffU})
            append_utf8(all.emplace_back(), plane << 16U | last);
    return all;
}

/// Begins with 6.5.
std::vector<Group> groups()
{
    std::vector<std::string> const ends_missing{"\xc0", "\xe0\x80", "\xf0\x80\x80",
        "\xf8\x80\x80\x80", "\xfc\x80\x80\x80\x80", "\xdf", "\xef\xbf", "\xf7\xbf\xbf",
        "\xfb\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf"};
    return {
        {true, {"hello$world", "hello\xc2\xa2world", "hello\xe2\x82\xacworld",
                   "hello\xf0\xa4\xad\xa2world", greek}},
        {}, // 6.6: see the test
        {}, // 6.7: see the test of control characters
        {false, {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"}},
        {true, {"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"}},
        {false, {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"}},
        {true, {"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"}},
        {false, {"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf",
                    "\x80\xbf\x80\xbf\x80", "\x80\xbf\x80\xbf\x80\xbf", range(0x80, 0xbf, "")}},
        {false, {range(0xc0, 0xdf, " "), range(0xe0, 0xef, " "), range(0xf0, 0xf7, " "),
                    range(0xf8, 0xfb, " "), range(0xfc, 0xfd, " ")}},
        {false, ends_missing},
        {false, {joined(ends_missing)}},
        {false, {"\xfe", "\xff", "\xfe\xfe\xff\xff"}},
        {false, {"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf",
                    "\xfc\x80\x80\x80\x80\xaf"}},
        {false, {"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf",
                    "\xfc\x83\xbf\xbf\xbf\xbf"}},
        {false, {"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80",
                    "\xfc\x80\x80\x80\x80\x80"}},
        {false, {"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80",
                    "\xed\xbe\x80", "\xed\xbf\xbf"}},
        {false,
            {"\xed\xa0\x80\xed\xb0\x80", "\xed\xa0\x80\xed\xbf\xbf", "\xed\xad\xbf\xed\xb0\x80",
                "\xed\xad\xbf\xed\xbf\xbf", "\xed\xae\x80\xed\xb0\x80", "\xed\xae\x80\xed\xbf\xbf",
                "\xed\xaf\xbf\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf"}},
        {true, non_characters()},
        {true, {"\xef\xbf\xb9", "\xef\xbf\xba", "\xef\xbf\xbb", "\xef\xbf\xbc", "\xef\xbf\xbd",
                   "\xef\xbf\xbe", "\xef\xbf\xbf"}},
    };
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(websocket_utf8, Utf8Cases)

BOOST_AUTO_TEST_CASE(section_6_1_fragments_of_nothing)
{
    auto const none = client_frame(text, "", Fin::no);
    auto const more = client_frame(continuation, "", Fin::no);
    auto const end = client_frame(continuation, "");
    check({
        {"6.1.1", {client_text("")}, {}},
        {"6.1.2", {none, more, end}, {}},
        {"6.1.3", {none, client_frame(continuation, batch, Fin::no), end}, {{text, echoed}}},
    });
}

BOOST_AUTO_TEST_CASE(section_6_2_text_split_between_and_within_characters)
{
    check_valid("6.2.1, 6.2.3", umlauts + accents);
    auto const [sent, answer] = exchange_of(umlauts + accents);
    auto const half = sent.find(accents);
    check({"6.2.2",
        {client_frame(text, sent.substr(0, half), Fin::no),
            client_frame(continuation, sent.substr(half))},
        {{text, answer}}});
    check_valid("6.2.4", greek);
}

BOOST_AUTO_TEST_CASE(section_6_3_what_is_no_text_in_one_frame_and_in_many)
{
    check_invalid("6.3.1, 6.3.2", greek + "\xed\xa0\x80" + "edited");
}

BOOST_AUTO_TEST_CASE(section_6_4_the_first_wrong_byte_closes_the_socket)
{
    auto const wrong = "\xf4\x90\x80\x80"s;
    auto const all = greek + wrong + "edited";
    auto const before = all.substr(0, 12); // with a first byte that may begin a character
    auto const after = all.substr(13);
    auto const message_of = [](std::string_view a, std::string_view b, std::string_view c) {
        return std::vector{client_frame(text, a, Fin::no), client_frame(continuation, b, Fin::no),
            client_frame(continuation, c)};
    };
    auto const frame = client_text(all);
    constexpr std::size_t head = 6;
    std::vector<std::string> const whole{frame.substr(0, head + greek.size()),
        frame.substr(head + greek.size(), wrong.size()),
        frame.substr(head + greek.size() + wrong.size())};
    std::vector<std::string> const single{frame.substr(0, head + before.size()),
        frame.substr(head + before.size(), 1), frame.substr(head + before.size() + 1)};
    BOOST_TEST(pieces_until_close(*this, message_of(greek, wrong, "edited")) == 2U, "6.4.1");
    BOOST_TEST(
        pieces_until_close(*this, message_of(before, wrong.substr(1, 1), after)) == 2U, "6.4.2");
    BOOST_TEST(pieces_until_close(*this, whole) == 2U, "6.4.3");
    BOOST_TEST(pieces_until_close(*this, single) == 2U, "6.4.4");
    check({"6.4.1", message_of(greek, wrong, "edited"), {closed(1007)}});
    check({"6.4.2", message_of(before, wrong.substr(1, 1), after), {closed(1007)}});
    check("6.4.3", whole, {closed(1007)});
    check("6.4.4", single, {closed(1007)});
}

BOOST_AUTO_TEST_CASE(sections_6_5_to_6_23_every_kind_of_character_and_none)
{
    auto section = 5;
    for (auto const& [valid, texts] : groups()) {
        for (std::size_t n = 0; n < texts.size(); ++n) {
            auto const number = "6." + std::to_string(section) + '.' + std::to_string(n + 1);
            if (valid)
                check_valid(number, texts[n]);
            else
                check_invalid(number, texts[n]);
        }
        ++section;
    }
    BOOST_TEST(section == 24);
    check_invalid("6.11.5", "\xf4\x90\x80\x80");
}

BOOST_AUTO_TEST_CASE(section_6_6_every_beginning_of_a_text)
{
    // Ends of its characters: 2, 5, 7, 9 and 11.
    for (std::size_t size = 1; size <= greek.size(); ++size) {
        auto const number = "6.6." + std::to_string(size);
        auto const valid = size == 2 || size == 5 || size == 7 || size == 9 || size == 11;
        if (valid)
            check_valid(number, greek.substr(0, size));
        else
            check_invalid(number, greek.substr(0, size));
    }
}

BOOST_AUTO_TEST_CASE(section_6_7_first_characters_of_every_length)
{
    // It is text, but JSON has no such character as it is.
    check_message("6.7.1", exchange_of("\0"s).sent, {closed(1011)});
    check_valid("6.7.2", "\xc2\x80");
    check_valid("6.7.3", "\xe0\xa0\x80");
    check_valid("6.7.4", "\xf0\x90\x80\x80");
}

BOOST_AUTO_TEST_SUITE_END()
