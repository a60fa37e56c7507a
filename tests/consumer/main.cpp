#include "bayeux/engine.hpp"
#include "bayeux/service.hpp"

#include <iostream>
#include <string>

namespace {

class Greeter : public bayeux::BayeuxService {
public:
    explicit Greeter(bayeux::ServiceContext& context) : BayeuxService(context, "greeter")
    {
        on("/service/greet", &Greeter::greet);
    }

private:
    void greet(bayeux::Session& from, bayeux::Message const& message)
    {
        auto const name = std::string(message.data().as_string());
        from.deliver("/service/greet", boost::json::value("hello " + name));
    }
};

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
    engine.install(std::make_unique<Greeter>(engine.context()));

    auto const handshake = exchange(engine, R"({"channel":"/meta/handshake","id":"1"})");
    std::string const key = R"("clientId":")";
    auto const begin = handshake.find(key) + key.size();
    auto const client_id = handshake.substr(begin, handshake.find('"', begin) - begin);
    std::cout << exchange(
        engine, R"({"channel":"/service/greet","id":"2","data":"world","clientId":")" + client_id +
                    R"("})");
}
