#include "bayeux/data_filter.hpp"
#include "bayeux/testing/fake_world.hpp"

#include <boost/test/unit_test.hpp>

#include <regex>
#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

std::optional<std::string> upper(std::string_view text)
{
    std::string loud(text);
    for (auto& c : loud)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return loud;
}

} // namespace

BOOST_AUTO_TEST_CASE(strings_at_any_depth_are_filtered_and_names_are_not)
{
    BOOST_TEST(filter_values(R"({"a":"b","c":["d",{"e":"f"}]})", {upper}).value() ==
               R"({"a":"B","c":["D",{"e":"F"}]})");
    BOOST_TEST(filter_values(R"("a")", {upper}).value() == R"("A")");
}

BOOST_AUTO_TEST_CASE(what_a_filter_leaves_alone_stays_byte_for_byte)
{
    for (auto const* const text : {"1e400", "null", "", R"( { "x" : [ 1.50 , "\u0041" ] } )"})
        BOOST_TEST(filter_values(text, {upper}).value() == text);
}

BOOST_AUTO_TEST_CASE(escapes_are_seen_decoded_and_written_again)
{
    BOOST_TEST(filter_values(R"("\u003cb\u003e\n\"q\"")", {no_markup}).value() ==
               R"("&lt;b&gt;\u000a\"q\"")");
}

BOOST_AUTO_TEST_CASE(a_refused_string_refuses_the_whole)
{
    auto const refuse = [](std::string_view text) {
        return text == "no" ? std::optional<std::string>() : std::string(text);
    };
    BOOST_TEST(!filter_values(R"(["yes",{"x":"no"}])", {refuse}).has_value());
    BOOST_TEST(filter_values(R"({"no":"yes"})", {refuse}).has_value());
}

// --- Values of all kinds

namespace {

StringFilter replacing(std::string with)
{
    return [with = std::move(with)](std::string_view) { return std::optional(with); };
}

std::optional<std::string> refuse(std::string_view)
{
    return std::nullopt;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_kind_of_value_has_its_filter)
{
    auto const* const text = R"({"s":"x","n":[1,-2.5e3],"b":true,"f":false,"0":null})";
    BOOST_TEST(filter_values(text, {}).value() == text);
    BOOST_TEST(filter_values(text, {.string = replacing("y")}).value() ==
               R"({"s":"y","n":[1,-2.5e3],"b":true,"f":false,"0":null})");
    BOOST_TEST(filter_values(text, {.number = replacing("0")}).value() ==
               R"({"s":"x","n":[0,0],"b":true,"f":false,"0":null})");
    BOOST_TEST(filter_values(text, {.boolean = replacing("1")}).value() ==
               R"({"s":"x","n":[1,-2.5e3],"b":1,"f":1,"0":null})");
    BOOST_TEST(filter_values(text, {.array = replacing("[]")}).value() ==
               R"({"s":"x","n":[],"b":true,"f":false,"0":null})");
    BOOST_TEST(filter_values(text, {.object = replacing("null")}).value() == "null");
}

BOOST_AUTO_TEST_CASE(filters_see_values_as_the_client_wrote_them)
{
    std::string seen;
    auto const see = [&](std::string_view json) {
        seen.append(json).append("|");
        return std::string(json);
    };
    filter_values(" [ 1.50 ,\n{ \"a\" : true} , 1e400]", {see, see, see, see, see});
    BOOST_TEST(seen == "[ 1.50 ,\n{ \"a\" : true} , 1e400]|1.50|{ \"a\" : true}|true|1e400|");
}

BOOST_AUTO_TEST_CASE(what_is_in_a_changed_container_is_not_filtered)
{
    ValueFilter filter;
    filter.string = upper;
    filter.array = [](std::string_view json) {
        return json.find("secret") == std::string_view::npos ? std::string(json) : R"(["hidden"])";
    };
    BOOST_TEST(filter_values(R"([["secret","]"],"a"])", filter).value() == R"(["hidden"])");
    BOOST_TEST(filter_values(R"({"x":["secret"],"y":["a"],"z":[]})", filter).value() ==
               R"({"x":["hidden"],"y":["A"],"z":[]})");
}

BOOST_AUTO_TEST_CASE(any_value_may_be_refused)
{
    for (auto const& filter : {ValueFilter{.string = refuse}, ValueFilter{.number = refuse},
             ValueFilter{.boolean = refuse}, ValueFilter{.array = refuse},
             ValueFilter{.object = refuse}})
        BOOST_TEST(!filter_values(R"({"a":[1,"x",true]})", filter).has_value());
    BOOST_TEST(filter_values(R"({"a":"1"})", {.number = refuse, .array = refuse}).has_value());
}

BOOST_AUTO_TEST_CASE(deep_values_need_no_stack)
{
    constexpr std::size_t deep = 1'000'000;
    auto const text = std::string(deep, '[') + "1" + std::string(deep, ']');
    BOOST_TEST((filter_values(text, {.number = replacing("2")}).value() ==
                std::string(deep, '[') + "2" + std::string(deep, ']')));
}

// --- Scripts

BOOST_AUTO_TEST_CASE(scripts_become_spans)
{
    std::vector<std::pair<std::string, std::string>> const texts{
        {"<script src='x'>alert(1)</script>", "<span src='x'>alert(1)</span>"},
        {"a <ScRiPt\n>b</SCRIPT \t> c", "a <span\n>b</span> c"},
        {"< \n script>x", "<span>x"},
        {"<b>bold</b> <scrip> scripts > script", "<b>bold</b> <scrip> scripts > script"},
        {"prescript >", "prespan>"},
        {"<scr<script>ipt>", "<scr<span>ipt>"},
        {"<scriptscript>", "<spanspan>"},
        {"<", "<"},
        {"<  ", "<  "},
        {"script", "script"},
        {"", ""},
    };
    for (auto const& [text, harmless] : texts)
        BOOST_TEST(no_scripts(text).value() == harmless);
}

// --- Regular expressions

BOOST_AUTO_TEST_CASE(rules_replace_in_order)
{
    auto const filter =
        regex_filter({{"(\\w+)@(\\w+)", "$2 at $1"}, {"at", "AT"}, {"\\bdarn\\b", "****"}}, 100);
    BOOST_TEST(filter("me@home, you@work").value() == "home AT me, work AT you");
    BOOST_TEST(filter("darn, darning").value() == "****, darning");
    BOOST_TEST(filter("").value().empty());
}

BOOST_AUTO_TEST_CASE(a_rule_without_replacement_refuses_what_it_matches_as_a_whole)
{
    auto const filter = regex_filter({{"[0-9 ]+", std::nullopt}}, 100);
    BOOST_TEST(!filter("555 1234").has_value());
    BOOST_TEST(filter("call 555 1234").value() == "call 555 1234");
}

BOOST_AUTO_TEST_CASE(rules_see_characters_and_not_bytes)
{
    auto const texts = {"\x7f", "ß", "日", "🧵"};
    auto const one = regex_filter({{"^.$", "[$&]"}}, 100);
    for (std::string const text : texts)
        BOOST_TEST(one(text).value() == "[" + text + "]");
    auto const cut = regex_filter({{"(.)[ßé]", "$1é"}}, 100);
    BOOST_TEST(cut("🧵ß日é").value() == "🧵é日é");
}

BOOST_AUTO_TEST_CASE(long_texts_are_refused)
{
    auto const filter = regex_filter({{"x", "y"}}, 5);
    BOOST_TEST(filter("xxxxx").value() == "yyyyy");
    BOOST_TEST(!filter("xxxxxx").has_value());
}

BOOST_AUTO_TEST_CASE(no_text_exhausts_the_stack_or_takes_exponential_time)
{
    std::string const text(1'000'000, 'a');
    auto const filter =
        regex_filter({{"(a|b)*c", std::nullopt}, {"(a+)+b", std::nullopt}}, text.size());
    BOOST_TEST((filter(text).value() == text));
}

BOOST_AUTO_TEST_CASE(a_bad_pattern_is_told_at_once)
{
    for (auto const* const bad : {"(", "[", "*", "(a)\\1"})
        BOOST_CHECK_THROW(regex_filter({{bad, ""}}, 10), std::regex_error);
}

// --- On channels

namespace {

struct Fixture {
    FakeWorld world;
    FakeClient client{world};
    FakeClient subscriber{world};

    Fixture() { subscriber.subscribe("/foo"); }
    void filter(MessageListener listener)
    {
        world.context().channel("/foo").add_listener("filter", std::move(listener));
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_filters_of_a_channel_work_in_order, Fixture)
{
    filter(data_filter({no_scripts, no_markup}));
    client.publish("/foo", R"({"a":["<script>"]})");
    BOOST_TEST(subscriber.poll().text.starts_with(
        R"([{"channel":"/foo","data":{"a":["&lt;span&gt;"]}},)"));
}

BOOST_FIXTURE_TEST_CASE(what_a_filter_refuses_is_deleted, Fixture)
{
    filter(data_filter({ValueFilter{.number = refuse}}));
    BOOST_TEST(client.publish("/foo", "[1]").error() == "404::message_deleted");
    BOOST_TEST(client.publish("/foo", R"("1")").error().empty());
    BOOST_TEST(subscriber.poll().data("/foo") == boost::json::array{"1"});
}

BOOST_FIXTURE_TEST_CASE(what_filters_make_of_a_message_can_be_read_by_clients, Fixture)
{
    auto const half = [](std::string_view text) { return std::string(text.substr(0, 1)); };
    filter(data_filter({ValueFilter{.string = half, .number = replacing("1e")}}));
    client.publish("/foo", "\"\xc3\xa9\"");
    BOOST_TEST(client.publish("/foo", "1").error().starts_with("400::filtered to no valid JSON"));
    BOOST_TEST(subscriber.poll().data("/foo") == boost::json::array{"\xef\xbf\xbd"});
}

BOOST_FIXTURE_TEST_CASE(a_message_without_data_passes, Fixture)
{
    filter(data_filter({no_markup}));
    BOOST_TEST(client.exchange(client.message("/foo")).error().empty());
    BOOST_TEST(subscriber.poll().text.starts_with(R"([{"channel":"/foo"},)"));
}

BOOST_FIXTURE_TEST_CASE(a_binary_message_passes_unchanged_or_not_at_all, Fixture)
{
    filter(data_filter({no_markup}));
    auto const publish = [&](std::string_view z85) {
        return client
            .exchange(client.message("/foo",
                std::string(R"("ext":{"binary":{}},"data":{"data":")").append(z85).append(R"("})")))
            .error();
    };
    BOOST_TEST(publish("HelloWorld") == "");
    BOOST_TEST(publish("<0>00") == "404::message_deleted");
    BOOST_TEST(subscriber.poll().count("/foo") == 1U);
}
