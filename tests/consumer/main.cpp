#include "bayeux/engine.hpp"
#include "bayeux/service.hpp"

#include <iostream>
#include <map>
#include <string>

// The service of the README, as it stands there.
#include "whispers.hpp"

namespace {

/// Sends one body at time 0 and returns the body of its reply.
std::string exchange(bayeux::Engine& engine, std::string body)
{
    bayeux::Outbox out;
    auto batch = std::get<bayeux::Batch>(bayeux::parse_batch(std::move(body)));
    engine.receive(bayeux::Origin{1}, bayeux::Request{}, std::move(batch), bayeux::Instant{}, out);
    std::string answer;
    append_body(answer, out.replies.at(0));
    return answer;
}

} // namespace

int main()
{
    bayeux::Engine engine({}, [state = std::uint64_t{0}]() mutable { return ++state; });
    engine.install(std::make_unique<Whispers>(engine.context()));

    auto const handshake = exchange(engine, R"({"channel":"/meta/handshake","id":"1"})");
    std::string const key = R"("clientId":")";
    auto const begin = handshake.find(key) + key.size();
    auto const client_id = handshake.substr(begin, handshake.find('"', begin) - begin);
    auto const send = [&](std::string const& channel, std::string const& data) {
        return exchange(engine, R"({"channel":")" + channel + R"(","clientId":")" + client_id +
                                    R"(","data":)" + data + "}");
    };
    send("/service/members", R"({"user":"ada"})");
    std::cout << send("/service/privatechat", R"({"peer":"ada","chat":"hello world"})");
}
