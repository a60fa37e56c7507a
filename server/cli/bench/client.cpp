#include "server/cli/bench/client.hpp"

#include "server/cli/bench/bayeux_client.hpp"
#include "server/cli/bench/bench.hpp"
#include "server/cli/bench/nchan_client.hpp"

namespace bayeux::cli {

std::unique_ptr<Client> make_client(Bench& bench, Client::Owner& owner, std::uint32_t index,
    Client::Poll poll, std::vector<std::uint32_t> rooms)
{
    auto const transport = bench.options.transport;
    if (bench.options.protocol == Protocol::bayeux) {
        return std::make_unique<BayeuxClient>(
            bench.network, transport, owner, index, poll, std::move(rooms));
    }
    if (rooms.empty()) {
        return std::make_unique<NchanPublisher>(bench.publishing, owner, index);
    }
    return std::make_unique<NchanSubscriber>(
        bench.network, transport, owner, index, std::move(rooms));
}

} // namespace bayeux::cli
