// An executable of its own: it counts the memory that the program holds.

#include "server/http_connection.hpp"
#include "tests/http_fixture.hpp"

#include <cstdlib>
#include <new>

namespace {

long live_allocations = 0;

} // namespace

void* operator new(std::size_t size)
{
    auto* const memory = std::malloc(size);
    if (!memory)
        throw std::bad_alloc();
    ++live_allocations;
    return memory;
}

void operator delete(void* memory) noexcept
{
    if (memory)
        --live_allocations;
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    operator delete(memory);
}

using namespace bayeux;
using namespace bayeux::server;

BOOST_AUTO_TEST_SUITE(http_memory)

namespace {

/// What the connection holds while the request is with the engine, and after it is answered.
struct Held {
    long awaiting;
    long idle;
};

Held held_by(std::string const& bytes, HttpSettings const& settings)
{
    HttpConnection connection(settings);
    auto const before = live_allocations;
    Held held{};
    {
        std::string out;
        std::optional<BayeuxRequest> request;
        for (auto const& byte : bytes)
            if (connection.consume({&byte, 1}, out, request) != 1)
                return {-1, -1};
        request.reset();
        held.awaiting = connection.awaiting_answer() ? live_allocations - before : -1;
        connection.answer(Reply{}, out);
    }
    held.idle = connection.idle() ? live_allocations - before : -1;
    return held;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_parked_connection_holds_no_memory)
{
    auto const held = held_by(post("[{\"channel\":\"/meta/connect\"}]"), {});
    BOOST_TEST(held.awaiting == 0);
    BOOST_TEST(held.idle == 0);
}

BOOST_AUTO_TEST_CASE(a_parked_connection_of_another_origin_holds_its_name_until_the_answer)
{
    HttpSettings settings;
    settings.allowed_origins = AllowedOrigins({"*"});
    auto const held =
        held_by(post("{}", "Origin: https://a-longer-name.example.org\r\n"), settings);
    BOOST_TEST(held.awaiting == 1);
    BOOST_TEST(held.idle == 0);
}

BOOST_AUTO_TEST_CASE(a_parked_callback_poll_holds_its_callback_until_the_answer)
{
    auto const held = held_by("GET /cometd?jsonp=cb&message={} HTTP/1.1\r\nHost: x\r\n\r\n", {});
    BOOST_TEST(held.awaiting == 1);
    BOOST_TEST(held.idle == 0);
}

BOOST_AUTO_TEST_SUITE_END()
