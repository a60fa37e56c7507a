#include "server/cli/bench/crowd.hpp"

#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/failure.hpp"

#include <utility>

namespace bayeux::cli {

constexpr Time patience = 30 * second;

Crowd::Crowd(Bench& bench, Listener& listener) : bench_(bench), listener_(listener) {}

Client& Crowd::add(Client::Poll poll, std::vector<std::uint32_t> rooms)
{
    auto const index = static_cast<std::uint32_t>(clients_.size());
    clients_.push_back(make_client(bench_, *this, index, poll, std::move(rooms)));
    return *clients_.back();
}

void Crowd::come_in(std::size_t count)
{
    wanted_ = count;
    start_some();
    while (ready_ < wanted_) {
        auto const before = ready_;
        bench_.loop.run([this] { return ready_ == wanted_; }, now() + patience);
        if (ready_ == before) {
            throw Failure("the server has let in only " + std::to_string(ready_) + " of " +
                          std::to_string(wanted_) + " clients");
        }
    }
}

void Crowd::start_some()
{
    while (started_ < wanted_ && started_ - ready_ < bench_.options.concurrency) {
        clients_[started_++]->start();
    }
}

void Crowd::ready(Client& /*client*/)
{
    ++ready_;
    start_some();
}

void Crowd::delivered(Client& client, Marker const& marker)
{
    listener_.delivered(client, marker);
}

void Crowd::answered(Client& client)
{
    listener_.answered(client);
}

} // namespace bayeux::cli
