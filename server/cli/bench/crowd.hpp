#pragma once

#include "server/cli/bench/client.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace bayeux::cli {

/// The clients of a run, which come in a few at a time, as many as --concurrency says.
class Crowd final : public Client::Owner {
public:
    class Listener {
    public:
        virtual ~Listener() = default;

        virtual void delivered(Client& client, Marker const& marker) = 0;
        virtual void answered(Client& client) = 0;
    };

    Crowd(Bench& bench, Listener& listener);

    /// Makes one more, which does not come in yet.
    Client& add(Client::Poll poll, std::vector<std::uint32_t> rooms);

    /// Runs the loop until the first `count` are ready.
    /// @throws Failure when none has become ready for long
    void come_in(std::size_t count);
    void come_in() { come_in(clients_.size()); }

    std::size_t size() const { return clients_.size(); }
    Client& operator[](std::size_t index) { return *clients_[index]; }

private:
    void ready(Client& client) override;
    void delivered(Client& client, Marker const& marker) override;
    void answered(Client& client) override;
    void start_some();

    Bench& bench_;
    Listener& listener_;
    std::vector<std::unique_ptr<Client>> clients_; // started and ready in this order, or nearly so
    std::size_t wanted_ = 0;
    std::size_t started_ = 0;
    std::size_t ready_ = 0;
};

} // namespace bayeux::cli
