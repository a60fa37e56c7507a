#include "bayeux/binary.hpp"
#include "bayeux/extensions/binary.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/testing/fake_world.hpp"
#include "tests/support/scripted.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>
#include <vector>

using namespace bayeux;
using namespace bayeux::testing;
using namespace std::chrono_literals;

// wire-behaviour 13.5

namespace {

std::string bytes(std::vector<unsigned> const& values)
{
    return {values.begin(), values.end()};
}

std::vector<std::pair<std::string, std::string>> const vectors{
    // ZeroMQ's own
    {bytes({0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B}), "HelloWorld"},
    // what CometD's JavaScript makes of other lengths
    {"", ""},
    {bytes({0}), "00"},
    {bytes({255}), "@@"},
    {bytes({1, 2}), "0rJ"},
    {bytes({255, 255, 255}), "%nS9"},
    {bytes({255, 255, 255, 255, 254}), "%nSc0@R"},
    {bytes({0, 0, 0, 0, 0, 0}), "00000000"},
};

Message message(std::string_view members)
{
    return std::get<Batch>(
        parse_batch(std::string(R"({"channel":"/a",)").append(members).append("}")))
        .front();
}

struct Fixture {
    FakeWorld world;
    FakeClient client{world};
};

} // namespace

// --- Z85

BOOST_AUTO_TEST_CASE(bytes_are_written_as_others_do)
{
    for (auto const& [raw, text] : vectors)
        BOOST_TEST(z85_encode(raw) == text);
}

BOOST_AUTO_TEST_CASE(what_others_write_is_read)
{
    for (auto const& [raw, text] : vectors)
        BOOST_TEST((z85_decode(text) == raw));
}

BOOST_AUTO_TEST_CASE(bytes_of_any_value_and_number_come_back)
{
    std::string raw;
    for (unsigned i = 0; i < 1'000; ++i) {
        raw += static_cast<char>((i * 167 + i / 256) & 0xffU);
        BOOST_TEST_REQUIRE((z85_decode(z85_encode(raw)) == raw));
        BOOST_TEST_REQUIRE((z85_decode(z85_encode(std::string(i % 9, raw.back()))) ==
                            std::string(i % 9, raw.back())));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_z85_is_not_read)
{
    for (auto const* const bad : {
             "0",           // one character is no byte
             "HelloWorld0", // as well
             "Hell,", "Hell ", "Hell\"", "Hell\\", "Hell\x7f", "Hell\xc3", // no digits
             "%nSc1",       // a group of more than 32 bits
             "#####", "##", // as well
         })
        BOOST_TEST(!z85_decode(bad).has_value(), bad);
}

// --- Messages

BOOST_AUTO_TEST_CASE(a_binary_message_is_read)
{
    auto const binary = binary_data(message(
        R"("ext":{"binary":{}},"data":{"data":"HelloWorld","last":false,"meta":{"name":"x"}})"));
    BOOST_REQUIRE(binary);
    BOOST_TEST(binary->bytes == vectors.front().first);
    BOOST_TEST(!binary->last);
    BOOST_TEST(to_json(binary->meta) == R"({"name":"x"})");

    auto const bare = binary_data(message(R"("ext":{"binary":true},"data":{"data":""})"));
    BOOST_REQUIRE(bare);
    BOOST_TEST(bare->bytes.empty());
    BOOST_TEST(bare->last);
    BOOST_TEST(bare->meta.is_null());
}

BOOST_AUTO_TEST_CASE(what_is_not_binary_is_not_read)
{
    for (auto const* const other : {
             R"("data":{"data":"HelloWorld"})",
             R"("ext":{},"data":{"data":"HelloWorld"})",
             R"("ext":{"binary":null},"data":{"data":"HelloWorld"})",
             R"("ext":{"binary":{}})",
             R"("ext":{"binary":{}},"data":"HelloWorld")",
             R"("ext":{"binary":{}},"data":{})",
             R"("ext":{"binary":{}},"data":{"data":[1,2]})",
             R"("ext":{"binary":{}},"data":{"data":"Hell,"})",
         })
        BOOST_TEST(!binary_data(message(other)).has_value(), other);
}

BOOST_AUTO_TEST_CASE(a_binary_message_is_made)
{
    auto const made = binary_message("/a", {vectors.front().first, false, {{"n", 1}}});
    BOOST_TEST(freeze(made)->json ==
               R"({"channel":"/a","data":{"data":"HelloWorld","last":false,"meta":{"n":1}},)"
               R"("ext":{"binary":{}}})");
    BOOST_TEST(binary_data(made)->bytes == vectors.front().first);
    BOOST_TEST(freeze(binary_message("/a", {"", true, nullptr}))->json ==
               R"({"channel":"/a","data":{"data":"","last":true},"ext":{"binary":{}}})");
}

BOOST_FIXTURE_TEST_CASE(a_service_may_publish_and_deliver_binary_messages, Fixture)
{
    client.subscribe("/foo");
    auto const made = binary_message("/foo", {"\x01\x02", true, nullptr});
    world.context().publish(made);
    world.context().session(client.id())->deliver(freeze(made, "5"));
    world.pass(0ms);
    BOOST_TEST(client.poll().text.starts_with(
        R"([{"channel":"/foo","data":{"data":"0rJ","last":true},"ext":{"binary":{}}},)"
        R"({"channel":"/foo","data":{"data":"0rJ","last":true},"ext":{"binary":{}},"id":"5"},)"));
    for (auto const* const name : {"", "foo", "/foo/*", "/service/x", "/meta/connect"})
        BOOST_CHECK_THROW(world.context().publish(Message::make(name, "1")), std::invalid_argument);
}

// --- The extension

BOOST_FIXTURE_TEST_CASE(a_client_that_asks_learns_that_messages_may_be_binary, Fixture)
{
    auto const ext = [&](std::string_view offered) {
        auto const answer = world.exchange(
            std::string(R"({"channel":"/meta/handshake","ext":)").append(offered).append("}"));
        auto const* const found = answer.on("/meta/handshake").if_contains("ext");
        return found != nullptr ? to_json(*found) : "";
    };
    BOOST_TEST(ext(R"({"binary":{}})") == "");
    world.engine().add_extension(std::make_shared<extensions::Binary>());
    BOOST_TEST(ext(R"({"binary":{}})") == R"({"binary":{}})");
    BOOST_TEST(ext("{}") == "");
}

BOOST_FIXTURE_TEST_CASE(a_published_binary_message_is_passed_on_as_it_is, Fixture)
{
    world.engine().add_extension(std::make_shared<extensions::Binary>());
    FakeClient subscriber(world);
    subscriber.subscribe("/foo");
    auto const* const body =
        R"("ext":{"binary":{}},"data":{"meta":{"n":1.0},"data":"Hell,","last":true})";
    client.exchange(client.message("/foo", body));
    BOOST_TEST(
        subscriber.poll().text.starts_with(std::string(R"([{"channel":"/foo",)") + body + "},{"));
}
