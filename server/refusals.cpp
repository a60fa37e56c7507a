#include "server/refusals.hpp"

#include "server/alarm.hpp"
#include "server/log.hpp"

#include <chrono>
#include <string>

namespace bayeux::server {
namespace {

constexpr std::int64_t quiet_time = 60'000;

struct Kind {
    unsigned code;
    std::string_view what;
};

/// The last one is for all other codes.
constexpr std::array<Kind, 17> known{{
    {400, "no HTTP, no PROXY header, or nothing that is served here"},
    {403, "the origin is not in allow-origin"},
    {405, "files are only read"},
    {408, "request-timeout"},
    {413, "max-message-size or max-batch"},
    {417, "an unknown expectation"},
    {426, "another version of WebSocket"},
    {431, "max-header-size"},
    {500, "JSON without messages"},
    {501, "an unknown transfer coding"},
    {503, "max-connections-per-address"},
    {1002, "no WebSocket"},
    {1007, "no UTF-8, or no compressed data"},
    {1008, "request-timeout"},
    {1009, "ws.max-message-size, ws.max-compression-ratio or max-batch"},
    {1011, "no Bayeux messages"},
    {0, "refused"},
}};

/// By Cut.
constexpr std::array<std::string_view, static_cast<std::size_t>(Cut::count_)> cut_by{
    "it has not read for request-timeout", "max-total-queue-bytes, and it kept most"};

std::string so_far(std::uint64_t count)
{
    return count == 1 ? std::string() : ", " + std::to_string(count) + " times so far";
}

} // namespace

std::size_t Refusals::kind_of(unsigned code)
{
    static_assert(known.size() == kinds);
    std::size_t kind = 0;
    while (kind + 1 < kinds && known[kind].code != code)
        ++kind;
    return kind;
}

std::uint64_t Refusals::add(Entry& entry)
{
    auto const count = entry.count.fetch_add(1, std::memory_order_relaxed) + 1;
    auto const now = steady_now().time_since_epoch().count();
    auto quiet_until = entry.quiet_until.load(std::memory_order_relaxed);
    bool const is_due = now >= quiet_until && entry.quiet_until.compare_exchange_strong(quiet_until,
                                                  now + quiet_time, std::memory_order_relaxed);
    return is_due ? count : 0;
}

void Refusals::note(unsigned code, std::string_view peer)
{
    auto const kind = kind_of(code);
    auto const count = add(entries_[kind]);
    if (count == 0)
        return;
    auto text = std::string("answered ").append(peer).append(" with ");
    text.append(std::to_string(code)).append(": ").append(known[kind].what);
    log(LogLevel::warning, text + so_far(count));
}

void Refusals::note(Cut why, std::string_view peer)
{
    auto const at = static_cast<std::size_t>(why);
    auto const count = add(cuts_[at]);
    if (count == 0)
        return;
    auto text = std::string("cut off ").append(peer).append(": ").append(cut_by[at]);
    log(LogLevel::warning, text + so_far(count));
}

void Refusals::note_pause(std::string_view why)
{
    if (auto const count = add(pauses_); count != 0)
        log(LogLevel::warning,
            std::string("not accepting for now: ").append(why).append(so_far(count)));
}

std::uint64_t Refusals::count(unsigned code) const
{
    return entries_[kind_of(code)].count.load(std::memory_order_relaxed);
}

std::uint64_t Refusals::count(Cut why) const
{
    return cuts_[static_cast<std::size_t>(why)].count.load(std::memory_order_relaxed);
}

} // namespace bayeux::server
