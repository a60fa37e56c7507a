#include "server/cli/bench/traffic.hpp"

#include "server/cli/bench/bayeux_client.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::cli {
namespace {

constexpr std::uint32_t no_publisher = 0xffffffff;
constexpr Time slip = 100 * millisecond; // what a schedule may be late by

} // namespace

Traffic::Traffic(Bench& bench)
    : bench_(bench), crowd_(bench, *this), padding_(bench.options.size, 'x')
{}

Client& Traffic::add(std::vector<std::uint32_t> rooms, bool publishes)
{
    auto& client = crowd_.add(Client::Poll::held, std::move(rooms));
    ledger_.subscribe(client.index(), client.rooms());
    for (auto const room : client.rooms()) {
        if (std::ranges::find(rooms_, room, &Room::number) == rooms_.end()) {
            rooms_.push_back({room, room_channel(room)});
        }
    }
    publisher_of_client_.push_back(
        publishes ? static_cast<std::uint32_t>(publishers_.size()) : no_publisher);
    if (publishes) {
        publishers_.push_back({&client, {}});
    }
    return client;
}

void Traffic::come_in()
{
    crowd_.come_in();
}

bool Traffic::run(Pace const& pace)
{
    pace_ = pace;
    batches_due_ = 0;
    published_ = 0;
    deliveries_ = 0;
    late_ = 0;
    waited_ = 0;
    latency_.clear();
    server_latency_.clear();
    auto& loop = bench_.loop;
    begin_ = now() + 10 * millisecond;
    measured_from_ = begin_ + pace.warm_up;
    end_ = measured_from_ + pace.duration;
    loop.at(begin_, [this] { publish_what_is_due(); });
    loop.run_until(measured_from_);
    meter_.emplace(bench_);
    loop.run_until(end_);
    wait_for_all();
    loop.run_until(now() + 20 * millisecond); // the polls after the last message
    meter_->stop();
    return ledger_.complete() && ledger_.doubled() == 0 && ledger_.out_of_order() == 0 &&
           ledger_.unexpected() == 0;
}

void Traffic::wait_for_all()
{
    auto const all = [this] { return batches_unsent_ == 0 && ledger_.complete(); };
    for (;;) {
        auto const before = std::pair(batches_unsent_, ledger_.delivered());
        if (bench_.loop.run(all, now() + bench_.options.patience) ||
            before == std::pair(batches_unsent_, ledger_.delivered())) {
            return;
        }
    }
}

Time Traffic::due(std::uint64_t batch) const
{
    auto const seconds = static_cast<double>(batch) * pace_.batch / pace_.rate;
    return begin_ + static_cast<Time>(seconds * static_cast<double>(second));
}

void Traffic::publish_what_is_due()
{
    auto time = now();
    for (; due(batches_due_) <= time && due(batches_due_) < end_; ++batches_due_) {
        auto const when = due(batches_due_);
        if (when >= measured_from_) {
            late_ = std::max(late_, time - when);
        }
        auto& publisher = publishers_[batches_due_ % publishers_.size()];
        publisher.due.push_back(when);
        ++batches_unsent_;
        if (!publisher.client->busy()) {
            flush(publisher);
        }
    }
    if (due(batches_due_) < end_) {
        bench_.loop.at(due(batches_due_), [this] { publish_what_is_due(); });
    }
}

void Traffic::flush(Publisher& publisher)
{
    auto const most = std::max<std::size_t>(1, publisher.client->most_at_once() / pace_.batch);
    auto const count = std::min(most, publisher.due.size());
    auto const time = now();
    outgoing_.clear();
    for (std::size_t i = 0; i < count; ++i) {
        auto const when = publisher.due[i];
        if (when >= measured_from_) {
            waited_ = std::max(waited_, time - when);
            published_ += pace_.batch;
        }
        for (std::uint32_t message = 0; message < pace_.batch; ++message) {
            auto const& room = any_room();
            outgoing_.push_back({room.channel,
                ledger_.publish(room.number, publisher.client->index(), when, time - when)});
        }
    }
    publisher.due.erase(
        publisher.due.begin(), publisher.due.begin() + static_cast<std::ptrdiff_t>(count));
    batches_unsent_ -= count;
    publisher.client->publish(outgoing_, padding_);
}

Traffic::Room const& Traffic::any_room()
{
    return rooms_.size() == 1 ? rooms_[0] : rooms_[chance_() % rooms_.size()];
}

void Traffic::delivered(Client& client, Marker const& marker)
{
    if (ledger_.deliver(client.index(), marker) && marker.due >= measured_from_) {
        ++deliveries_;
        latency_.record(bench_.loop.time() - marker.due);
        server_latency_.record(bench_.loop.arrival() - marker.due - marker.wait);
    }
}

void Traffic::answered(Client& client)
{
    auto const place = publisher_of_client_[client.index()];
    if (place != no_publisher && !publishers_[place].due.empty()) {
        flush(publishers_[place]);
    }
}

bool Traffic::generator_was_busy() const
{
    return meter_->generator_share() > busy_generator || late_ > slip;
}

/// Which side could not keep up.
char const* Traffic::bottleneck() const
{
    if (generator_was_busy()) {
        return "generator";
    }
    return waited_ > slip || latency_.percentile(0.99) > second ? "server" : "none";
}

void Traffic::report(Report& report) const
{
    auto const number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    auto const milliseconds = [](Time time) {
        return static_cast<double>(time) / static_cast<double>(millisecond);
    };
    report.add("rate", pace_.rate);
    report.add("published", number(published_));
    report.add("deliveries", number(deliveries_));
    report.add("lost", number(ledger_.lost()));
    report.add("doubled", number(ledger_.doubled()));
    report.add("out_of_order", number(ledger_.out_of_order()));
    report.add("unexpected", number(ledger_.unexpected()));
    report_latency(report, "latency", latency_);
    report_latency(report, "server_latency", server_latency_);
    meter_->report(report, "deliveries", deliveries_);
    report.add("publish_late_max_ms", milliseconds(late_));
    report.add("publish_waited_max_ms", milliseconds(waited_));
    report.add("bottleneck", bottleneck());
}

} // namespace bayeux::cli
