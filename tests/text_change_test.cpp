#include "services/text_change.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>
#include <string>

using namespace bayeux::services;

namespace {

namespace json = boost::json;
using Side = TextChange::Side;

TextChange change(std::string_view steps)
{
    return {json::parse(steps).as_array(), 100};
}

std::string changed(std::string_view before, TextChange const& by)
{
    auto text = to_utf16(before);
    by.apply_to(text);
    return to_utf8(text);
}

std::string text_of(TextChange const& change)
{
    return json::serialize(change.to_json());
}

/// Texts and changes of all kinds, the same in each run.
class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    std::u16string text(std::size_t length)
    {
        std::u16string text;
        while (text.size() < length)
            text +=
                below(4) == 0 ? u"🧵" : std::u16string(1, static_cast<char16_t>('a' + below(26)));
        return text;
    }

    /// Any change of `text`, without a step that ends inside of a character.
    TextChange change(std::u16string const& text)
    {
        json::array steps;
        for (std::size_t at = 0; at < text.size();) {
            auto end = std::min(text.size(), at + 1 + below(5));
            if (end < text.size() && text[end] >= 0xdc00 && text[end] < 0xe000)
                ++end;
            if (below(3) == 0)
                steps.emplace_back(to_utf8(this->text(1 + below(3))));
            auto const units = static_cast<std::int64_t>(end - at);
            steps.emplace_back(below(3) == 0 ? -units : units);
            at = end;
        }
        if (below(3) == 0)
            steps.emplace_back(to_utf8(this->text(1 + below(3))));
        return {steps, steps.size()};
    }

private:
    std::minstd_rand random_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_change_keeps_inserts_and_removes)
{
    BOOST_TEST(changed("hello world", change(R"([5,",",1,"W",-1])")) == "hello, World");
    BOOST_TEST(changed("abc", change("[]")) == "abc");
    BOOST_TEST(changed("", change(R"(["abc"])")) == "abc");
    BOOST_TEST(changed("abc", change("[-3]")).empty());
}

BOOST_AUTO_TEST_CASE(positions_count_as_javascript_does)
{
    // One unit, one unit of two bytes, of three bytes, and a character of two units.
    BOOST_TEST(changed("aü日🧵z", change(R"([5,"!"])")) == "aü日🧵!z");
    BOOST_TEST(changed("aü日🧵z", change("[3,-2]")) == "aü日z");
    BOOST_TEST(changed("👩‍👧", change(R"([2,-1])")) == "👩👧");
}

BOOST_AUTO_TEST_CASE(no_change_leaves_half_a_character)
{
    for (auto const* const steps : {R"([1,"x"])", "[-1]", "[1,-1]", R"(["x",-1])", "[2,-1]"}) {
        auto text = to_utf16("🧵🧵");
        BOOST_CHECK_THROW(change(steps).apply_to(text), std::invalid_argument);
        BOOST_TEST(to_utf8(text) == "🧵🧵");
    }
}

BOOST_AUTO_TEST_CASE(a_change_that_is_longer_than_the_text_is_refused)
{
    for (auto const* const steps :
        {R"([4,"x"])", "[-4]", "[2,-2]", "[1099511627776,-1099511627776]"})
        BOOST_CHECK_THROW(changed("abc", change(steps)), std::invalid_argument);
    BOOST_TEST(changed("abc", change("[4]")) == "abc"); // keeps all that is there
}

BOOST_AUTO_TEST_CASE(what_is_no_change_is_refused)
{
    for (auto const* const steps : {"[0]", "[1.5]", "[true]", "[null]", "[[1]]", R"([{"a":1}])",
             "[9223372036854775807]", "[-9223372036854775808]", "[18446744073709551615]", "[1e3]"})
        BOOST_CHECK_THROW(change(steps), std::invalid_argument);
    BOOST_CHECK_THROW(TextChange(json::array(101, 1), 100), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_change_is_written_in_one_way)
{
    BOOST_TEST(text_of(change(R"([1,2,-1,-1,"a","b",-1,4])")) == R"([3,"ab",-3])");
    BOOST_TEST(text_of(change(R"(["",3])")) == "[]");
    BOOST_TEST(change(R"([1,"abc",-5])").growth() == -2);
}

BOOST_AUTO_TEST_CASE(of_two_inserts_in_one_place_the_first_stands_first)
{
    auto const a = change(R"([1,"A"])");
    auto const b = change(R"([1,"B"])");
    BOOST_TEST(text_of(a.after(b, Side::first)) == R"([1,"A"])");
    BOOST_TEST(text_of(b.after(a, Side::second)) == R"([2,"B"])");
}

BOOST_AUTO_TEST_CASE(what_somebody_inserts_into_a_removed_place_stays)
{
    auto const remove = change("[1,-4]");
    auto const insert = change(R"([3,"new"])");
    BOOST_TEST(text_of(remove.after(insert, Side::first)) == "[1,-2,3,-2]");
    BOOST_TEST(text_of(insert.after(remove, Side::second)) == R"([1,"new"])");
}

BOOST_AUTO_TEST_CASE(two_changes_give_the_same_text_in_either_order)
{
    for (unsigned seed = 1; seed <= 3'000; ++seed) {
        Author author(seed);
        auto const text = author.text(author.below(30));
        auto const a = author.change(text);
        auto const b = author.change(text);
        auto one = text;
        a.apply_to(one);
        b.after(a, Side::second).apply_to(one);
        auto other = text;
        b.apply_to(other);
        a.after(b, Side::first).apply_to(other);
        BOOST_REQUIRE_MESSAGE(
            one == other, "seed " << seed << ": " << to_utf8(one) << " and " << to_utf8(other));
        BOOST_REQUIRE(static_cast<std::int64_t>(one.size()) ==
                      static_cast<std::int64_t>(text.size()) + a.growth() +
                          b.after(a, Side::second).growth());
        BOOST_REQUIRE(text_of(change(text_of(a))) == text_of(a));
    }
}

BOOST_AUTO_TEST_CASE(utf_8_and_utf_16_are_the_same_text)
{
    Author author(7);
    for (auto const* const text :
        {"", "a", "ü", "\u07ff\u0800\ud7ff\ue000\uffff", "\U00010000\U0010ffff🧵"})
        BOOST_TEST(to_utf8(to_utf16(text)) == text);
    BOOST_TEST((to_utf16("\U00010000\U0010ffff") == u"\U00010000\U0010ffff"));
    auto const long_text = author.text(10'000);
    BOOST_TEST((to_utf16(to_utf8(long_text)) == long_text));
}
