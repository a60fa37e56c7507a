#include "server/deflate.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using namespace bayeux::server;
using namespace std::string_literals;
using Result = MessageDeflate::Result;

namespace {

struct Fixture {
    MessageDeflate deflate;

    /// The text, or which error it is.
    std::string decompressed(std::string payload, std::size_t max_size = 1'000'000)
    {
        switch (deflate.decompress(payload, max_size)) {
        case Result::ok:
            return payload;
        case Result::too_large:
            return "too large";
        case Result::malformed:
            break;
        }
        return "malformed";
    }
};

std::string random_text(std::size_t size)
{
    std::minstd_rand random(7);
    std::string text;
    while (text.size() < size)
        text += static_cast<char>(random());
    return text;
}

constexpr std::string_view agreed =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

} // namespace

BOOST_FIXTURE_TEST_SUITE(deflate, Fixture)

BOOST_AUTO_TEST_CASE(what_was_compressed_is_shorter_and_comes_back)
{
    for (auto const size : {10U, 100U, 4'095U, 4'096U, 4'097U, 8'192U, 500'000U}) {
        std::string const text(size, 'x');
        auto const payload = deflate.compress(text);
        BOOST_TEST_REQUIRE(payload.has_value());
        BOOST_TEST(payload->size() < size);
        BOOST_TEST((decompressed(*payload) == text), size);
    }
}

BOOST_AUTO_TEST_CASE(what_would_not_be_shorter_is_left_alone)
{
    BOOST_TEST(!deflate.compress("").has_value());
    BOOST_TEST(!deflate.compress("[{}]").has_value());
    BOOST_TEST(!deflate.compress(random_text(100'000)).has_value());
}

BOOST_AUTO_TEST_CASE(no_message_needs_the_one_before)
{
    std::string const text = R"([{"channel":"/a/b","data":"the same again and again, the same"}])";
    BOOST_TEST(deflate.compress(text).has_value());
    auto second = deflate.compress(text + '.').value();
    MessageDeflate other;
    BOOST_TEST((other.decompress(second, 1'000) == Result::ok));
    BOOST_TEST(second == text + '.');
}

BOOST_AUTO_TEST_CASE(what_goes_to_many_is_compressed_once_and_stays_what_it_is)
{
    std::string const first(3'000, 'x');
    std::string const second(3'000, 'y');
    for (auto const* text : {&first, &first, &second, &first}) {
        auto const payload = deflate.compress(*text);
        BOOST_TEST_REQUIRE(payload.has_value());
        BOOST_TEST((decompressed(*payload) == *text));
    }
}

BOOST_AUTO_TEST_CASE(the_forms_of_the_rfc_are_understood)
{
    BOOST_TEST(decompressed("\xf2\x48\xcd\xc9\xc9\x07\x00"s) == "Hello");
    BOOST_TEST(decompressed("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s) == "Hello");
    BOOST_TEST(decompressed("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s) == "Hello", "a last block");
    BOOST_TEST(decompressed("\xf3\x48\xcd\xc9\xc9\x07\x00"s) == "Hello", "nothing behind it");
    BOOST_TEST(decompressed("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s) == "Hello");
    BOOST_TEST(
        decompressed("\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x48\xcd\xc9\xc9\x07\x00"s) == "HelloHello");
    BOOST_TEST(decompressed("\x00"s) == "");
    BOOST_TEST(decompressed("\xf2\x00\x11\x00\x00"s) == "malformed", "needs the message before");
    BOOST_TEST(decompressed("\xf2\x48\xcd\xc9\xc9\x07\x00"s) == "Hello", "as good as new");
}

BOOST_AUTO_TEST_CASE(a_text_is_bounded)
{
    std::string const text(100'000, 'x');
    auto const payload = deflate.compress(text).value();
    BOOST_TEST((decompressed(payload, 100'000) == text));
    BOOST_TEST(decompressed(payload, 99'999) == "too large");
    BOOST_TEST(decompressed(payload, 0) == "too large");
    BOOST_TEST(decompressed("\x00"s, 0) == "");
}

BOOST_AUTO_TEST_CASE(garbage_and_halves_are_malformed)
{
    BOOST_TEST(decompressed("\xff\xff\xff") == "malformed");
    BOOST_TEST(decompressed(std::string(20, '\x06')) == "malformed");
    BOOST_TEST(decompressed("\x00\xff\x00\x00\xff\x48"s) == "malformed", "a block not all there");
}

BOOST_AUTO_TEST_CASE(offers_are_agreed_on_as_far_as_they_can_be_kept)
{
    auto const answer = [](std::string_view offers) {
        return agree_on_deflate(offers).value_or("none");
    };
    for (auto const* offers : {"permessage-deflate", "permessage-deflate; client_max_window_bits",
             "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
             "permessage-deflate;client_max_window_bits=9", "x-other, permessage-deflate",
             "permessage-deflate; client_max_window_bits=\"15\"",
             "permessage-deflate; server_max_window_bits=10, permessage-deflate"})
        BOOST_TEST(answer(offers) == agreed, offers);
    BOOST_TEST(answer("permessage-deflate; server_max_window_bits=15") ==
               std::string(agreed) + "; server_max_window_bits=15");
    for (auto const* offers : {"", "x-webkit-deflate-frame", "permessage-deflates",
             "permessage-deflate; server_max_window_bits=14",
             "permessage-deflate; server_max_window_bits",
             "permessage-deflate; client_max_window_bits=7",
             "permessage-deflate; client_max_window_bits=16",
             "permessage-deflate; client_max_window_bits=",
             "permessage-deflate; client_no_context_takeover=1",
             "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
             "permessage-deflate; unheard_of"})
        BOOST_TEST(answer(offers) == "none", offers);
}

BOOST_AUTO_TEST_SUITE_END()
