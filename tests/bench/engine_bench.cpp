// What the engine costs, without any I/O: time per message and per long-poll cycle, memory per
// session. Built by preset release and run by its target `bench`.

#include "bayeux/engine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace bayeux;

/// An engine and the sessions of its clients; time is virtual.
class World {
public:
    explicit World(std::size_t sessions) : engine_({}, std::mt19937_64(1))
    {
        for (std::size_t i = 0; i < sessions; ++i) {
            send(i, R"({"channel":"/meta/handshake","id":"1"})");
            ids_.push_back(client_id(take_body()));
        }
    }

    std::size_t sessions() const { return ids_.size(); }

    /// From one session; `rest` follows the clientId.
    void send_from(std::size_t session, std::string_view channel, std::string_view rest)
    {
        body_ = R"([{"id":"12","channel":")";
        body_.append(channel).append(R"(","clientId":")").append(ids_[session]).append(R"(")");
        send(session, body_.append(rest).append("}]"));
    }

    /// Subscribes everybody and holds a connect of each.
    void subscribe_and_hold()
    {
        for (std::size_t i = 0; i < sessions(); ++i) {
            send_from(i, "/meta/subscribe", R"(,"subscription":"/chat/demo")");
            send_from(i, "/meta/connect", R"(,"connectionType":"long-polling")");
            send_from(i, "/meta/connect", R"(,"connectionType":"long-polling")");
        }
        out_.clear();
    }

    /// One session publishes, each held connect brings the message to its client, and each client
    /// polls again. Returns how many messages arrived.
    std::size_t round()
    {
        send_from(0, "/chat/demo", R"(,"data":{"user":"ann","chat":"How is the weather?"})");
        std::size_t arrived = 0;
        for (auto const& reply : out_.replies) {
            answer_.clear();
            append_body(answer_, reply);
            arrived += reply.messages.size();
        }
        out_.take_back(out_.replies);
        for (std::size_t i = 0; i < sessions(); ++i)
            send_from(i, "/meta/connect", R"(,"connectionType":"long-polling")");
        now_ += Duration(10);
        return arrived;
    }

private:
    /// Each session has a connection of its own.
    void send(std::size_t session, std::string body)
    {
        auto batch = std::get<Batch>(parse_batch(std::move(body)));
        engine_.receive(Origin{session + 1}, Request{}, std::move(batch), now_, out_);
    }

    std::string take_body()
    {
        std::string body;
        append_body(body, out_.replies.at(0));
        out_.clear();
        return body;
    }

    static std::string client_id(std::string const& handshake)
    {
        std::string_view const key = R"("clientId":")";
        auto const begin = handshake.find(key) + key.size();
        return handshake.substr(begin, handshake.find('"', begin) - begin);
    }

    Engine engine_;
    Instant now_{Duration(1'000'000)};
    std::vector<std::string> ids_;
    Outbox out_;
    std::string body_;
    std::string answer_;
};

/// Prints the median cost of one of the `count` things that `work` does.
void report(char const* what, std::size_t count, std::function<void()> const& work)
{
    using Clock = std::chrono::steady_clock;
    std::vector<double> rounds(21);
    for (auto& nanoseconds : rounds) {
        auto const begin = Clock::now();
        work();
        nanoseconds = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
    }
    std::nth_element(rounds.begin(), rounds.begin() + 10, rounds.end());
    std::printf("%-48s %9.0f ns\n", what, rounds[10] / static_cast<double>(count));
}

std::size_t heap_in_use()
{
    auto const info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

} // namespace

int main()
{
    std::string const publish =
        R"([{"channel":"/chat/demo","data":{"user":"ann","chat":"How is the weather today?"},)"
        R"("id":"12","clientId":"abcdefghijklmnopqrstuvwxyz"}])";
    report("parse a publish", 10'000, [&] {
        for (int i = 0; i < 10'000; ++i)
            if (std::holds_alternative<ParseError>(parse_batch(publish)))
                std::abort();
    });

    for (std::size_t const sessions : {10U, 1'000U, 10'000U}) {
        World world(sessions);
        world.subscribe_and_hold();
        auto const what = "long-poll cycle, " + std::to_string(sessions) + " subscribers";
        report(what.c_str(), sessions, [&] {
            if (world.round() != sessions)
                std::abort();
        });
    }

    constexpr std::size_t sessions = 100'000;
    auto const before = heap_in_use();
    World world(sessions);
    world.subscribe_and_hold();
    // The world's own list of ids costs a string each.
    auto const own = sessions * (sizeof(std::string) + 32);
    std::printf("%-48s %9zu bytes\n", "session with one subscription and a held connect",
        (heap_in_use() - before - own) / sessions);
}
