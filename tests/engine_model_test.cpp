// Random clients speak to the engine and to the naive model: both must give the same answers at
// the same moments. A failure names its seed; BAYEUX_MODEL_SEED=<seed>, or <first>-<last>, runs it
// again, and --log_level=message tells every step.

#include "bayeux/engine.hpp"
#include "tests/support/delivery_ledger.hpp"
#include "tests/support/modelled_service.hpp"
#include "tests/support/naive_model.hpp"
#include "tests/support/random_traffic.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

constexpr int steps_per_seed = 300;

struct Browser {
    bool keeps_cookie;
    std::string cookie{};
};

struct Client {
    std::string id;
    std::size_t browser;
    bool alive = true;
};

void require(bool condition, std::string const& otherwise)
{
    if (!condition)
        throw std::runtime_error(otherwise);
}

/// The engine, the model, and the clients that speak to both.
class Driver {
public:
    explicit Driver(std::uint64_t seed);
    void step();
    /// After a long silence nothing is left but what was there at first.
    void fall_silent();
    std::string const& action() const { return action_; }

private:
    struct Arrived {
        Instant at;
        Reply reply;
    };

    void send();
    void send(
        std::vector<PlainMessage> const& batch, std::size_t browser, std::string const& browser_id);
    void lose_connection();
    void act_as_server();
    void pass(Duration duration);

    void take(Outbox& out);
    void compare();
    void compare(Arrived const& got, NaiveModel::Answer const& expected);
    void fail_to_deliver();
    std::size_t random_client();

    Dice dice_;
    Dice engine_dice_;
    EngineOptions options_;
    Instant now_;
    Engine engine_;
    NaiveModel model_;
    std::vector<Browser> browsers_;
    std::vector<Client> clients_;
    std::uint64_t last_origin_ = 0;
    std::set<std::uint64_t> open_;             ///< requests that wait for their answer
    std::map<std::uint64_t, Arrived> arrived_; ///< in this step
    std::size_t last_number_ = 0;
    DeliveryLedger ledger_;
    std::string action_;
};

Driver::Driver(std::uint64_t seed)
    : dice_(seed),
      engine_dice_(~seed),
      options_(random_options(dice_)),
      now_(Duration(static_cast<Duration::rep>(dice_.below(1'000'000'000'000)))),
      engine_(options_, [this] { return engine_dice_(); }),
      model_(options_, now_)
{
    engine_.install(std::make_unique<ModelledService>(engine_.context()));
    Outbox out;
    engine_.tick(now_, out);
    for (int i = 0; i < 3; ++i)
        browsers_.push_back({!dice_.one_in(4)});
}

void Driver::step()
{
    action_ = "nothing";
    auto const kind = dice_.below(100);
    if (kind < 65)
        send();
    else if (kind < 70)
        lose_connection();
    else if (kind < 75)
        act_as_server();
    else
        pass(random_duration(dice_, options_));
    compare();
    fail_to_deliver();
    for (auto& each : clients_) {
        each.alive = each.alive && engine_.context().session(each.id) != nullptr;
        if (!each.alive)
            ledger_.died(each.id);
    }
    arrived_.clear();
}

void Driver::send()
{
    auto const living = model_.session_count();
    bool const newcomer = clients_.empty() || dice_.one_in(living < 2 ? 2 : living < 6 ? 8 : 25);
    auto const number = newcomer ? 0 : random_client() + 1;
    auto const browser = newcomer ? dice_.below(browsers_.size()) : clients_[number - 1].browser;
    auto const& cookie = browsers_[dice_.one_in(30) ? dice_.below(browsers_.size()) : browser];

    std::vector<PlainMessage> batch;
    if (newcomer && !dice_.one_in(10)) {
        batch.push_back(random_handshake(dice_));
    } else {
        do {
            auto id = newcomer || dice_.one_in(50) ? dice_.of<std::string>({"", "unknown"})
                                                   : clients_[number - 1].id;
            if (dice_.one_in(40) && !clients_.empty())
                id = clients_[random_client()].id;
            batch.push_back(random_message(dice_, id, {number, ++last_number_}));
        } while (dice_.one_in(3));
    }
    send(batch, browser, cookie.keeps_cookie ? cookie.cookie : "");
}

/// Mostly a living one.
std::size_t Driver::random_client()
{
    auto chosen = dice_.below(clients_.size());
    for (int tries = 0; tries < 30 && !clients_[chosen].alive; ++tries)
        chosen = dice_.below(clients_.size());
    return chosen;
}

void Driver::send(
    std::vector<PlainMessage> const& batch, std::size_t browser, std::string const& browser_id)
{
    std::string body;
    for (auto const& message : batch)
        body += (body.empty() ? "" : ",") + to_json(message);
    if (batch.size() > 1 || !dice_.one_in(4))
        body = "[" + body + "]";
    action_ = "cookie '" + browser_id + "' sends " + body;
    ledger_.sent(batch);

    auto parsed = parse_batch(body);
    require(std::holds_alternative<Batch>(parsed), "no batch");
    Request request;
    request.browser_id = browser_id;
    auto const origin = ++last_origin_;
    open_.insert(origin);
    Outbox out;
    engine_.receive(Origin{origin}, request, std::get<Batch>(std::move(parsed)), now_, out);
    take(out);

    NaiveModel::Names names;
    if (auto const at = arrived_.find(origin);
        at != arrived_.end() && at->second.reply.first.find("clientId") != std::string::npos) {
        auto const& reply = at->second.reply;
        auto const first = boost::json::parse(reply.first).as_object();
        names = {std::string(first.at("clientId").as_string()), reply.set_browser_id};
        clients_.push_back({names.client_id, browser});
        ledger_.add_client(names.client_id);
        if (!reply.set_browser_id.empty())
            browsers_[browser].cookie = reply.set_browser_id;
    }
    model_.receive(origin, browser_id, batch, names);
    if (batch.size() == 1 && batch[0].channel == "/meta/unsubscribe" &&
        arrived_.count(origin) == 1 &&
        arrived_.at(origin).reply.replies.find(R"("successful":true)") != std::string::npos)
        ledger_.unsubscribed(batch[0]);
}

void Driver::lose_connection()
{
    if (open_.empty())
        return;
    auto const lost = *std::next(open_.begin(), static_cast<int>(dice_.below(open_.size())));
    action_ = "connection " + std::to_string(lost) + " is lost";
    open_.erase(lost);
    Outbox out;
    engine_.connection_lost(Origin{lost}, now_, out);
    take(out);
    model_.connection_lost(lost);
}

void Driver::act_as_server()
{
    auto const stamp = Stamp{0, ++last_number_};
    auto const kind = dice_.below(10);
    auto& context = engine_.context();
    if (kind < 5) {
        std::string const channel = dice_.of({"/a", "/a/b", "/c/"});
        action_ = "the server publishes to " + channel;
        ledger_.may_reach_subscribers(last_number_, identity(channel));
        context.publish(channel, boost::json::parse(to_json(stamp)));
        model_.turn([&] { model_.server_publish(channel, to_json(stamp)); });
    } else if (!clients_.empty()) {
        auto const& to = clients_[dice_.below(clients_.size())].id;
        auto* const session = context.session(to);
        action_ = "the server " + std::string(kind < 9 ? "delivers to " : "disconnects ") + to;
        ledger_.may_reach(last_number_, to);
        if (session != nullptr && kind < 9)
            session->deliver_json("/private", to_json(stamp));
        else if (session != nullptr)
            session->disconnect();
        model_.turn([&] {
            if (kind < 9)
                model_.server_deliver(to, "/private", to_json(stamp));
            else
                model_.server_disconnect(to);
        });
    }
    Outbox out;
    engine_.tick(now_, out);
    take(out);
}

void Driver::pass(Duration duration)
{
    action_ = std::to_string(duration.count()) + " ms pass";
    auto const end = now_ + duration;
    while (now_ < end) {
        now_ = std::clamp(engine_.next_deadline().value_or(end), now_, end);
        Outbox out;
        engine_.tick(now_, out);
        take(out);
    }
    model_.pass(end);
}

void Driver::take(Outbox& out)
{
    for (auto& reply : out.replies) {
        auto const origin = reply.origin.value;
        require(open_.erase(origin) == 1, "an answer nobody waits for: " + std::to_string(origin));
        arrived_.emplace(origin, Arrived{now_, std::move(reply)});
    }
}

void Driver::compare()
{
    auto const statistics = engine_.statistics();
    for (auto const& [origin, got] : arrived_) {
        auto const expected = model_.answers.extract(origin);
        require(!expected.empty(), "the model gives no answer yet to " + std::to_string(origin));
        compare(got, expected.mapped());
        ledger_.arrived(got.reply);
    }
    for (auto const& [origin, expected] : model_.answers)
        require(false, "the engine gives no answer yet to " + std::to_string(origin) +
                           ", the model: " + expected.body());
    auto const same = [](char const* what, std::uint64_t engine, std::size_t model) {
        require(engine == model, std::string(what) + ": engine " + std::to_string(engine) +
                                     ", model " + std::to_string(model));
    };
    same("sessions", statistics.sessions, model_.session_count());
    same("held connects", statistics.held_connects, model_.held_count());
    same("unanswered requests", statistics.held_connects, open_.size());
    same("channels", statistics.channels, model_.channel_count());
}

void Driver::compare(Arrived const& got, NaiveModel::Answer const& expected)
{
    std::string body;
    append_body(body, got.reply);
    auto const status = got.reply.ok ? 200 : got.reply.error_status;
    bool const same_body = !got.reply.ok || body == expected.body() ||
                           boost::json::parse(body) == boost::json::parse(expected.body());
    require(same_body && status == expected.status && got.at == expected.at &&
                got.reply.client_id == expected.client_id &&
                got.reply.set_browser_id.empty() == !expected.sets_cookie,
        "request " + std::to_string(got.reply.origin.value) + "\n engine after " +
            std::to_string((got.at - now_).count()) + " ms, " + std::to_string(status) + ": " +
            body + "\n model  after " + std::to_string((expected.at - now_).count()) + " ms, " +
            std::to_string(expected.status) + ": " + expected.body());
}

/// One of the answers could not be written: its messages go back, to come again.
void Driver::fail_to_deliver()
{
    if (arrived_.size() != 1 || !dice_.one_in(8) || action_.ends_with("pass"))
        return;
    auto& reply = arrived_.begin()->second.reply;
    if (reply.messages.empty())
        return;
    action_ = "the last answer does not arrive";
    std::vector<std::string> messages;
    for (auto const& message : reply.messages)
        messages.push_back(message->json);
    ledger_.returned(reply);
    auto const to = reply.client_id;
    Outbox out;
    engine_.undelivered(std::move(reply), now_, out);
    arrived_.clear();
    take(out);
    model_.undelivered(to, messages);
    compare();
}

void Driver::fall_silent()
{
    for (int day = 0; day < 3; ++day) {
        pass(std::chrono::hours(24));
        compare();
        arrived_.clear();
    }
    auto const left = engine_.statistics();
    require(open_.empty(), "a request was never answered");
    require(left.sessions == 0, "a session does not die");
    require(left.channels == 11, "a channel is not swept");
}

struct Seeds {
    std::uint64_t first = 1;
    std::uint64_t last = 400;
};

Seeds seeds()
{
    Seeds range;
    if (auto const* const wanted = std::getenv("BAYEUX_MODEL_SEED")) {
        char* end = nullptr;
        range.first = range.last = std::strtoull(wanted, &end, 10);
        if (*end == '-')
            range.last = std::strtoull(end + 1, &end, 10);
        BOOST_REQUIRE_MESSAGE(*wanted != 0 && *end == 0, "BAYEUX_MODEL_SEED is no seed");
    }
    return range;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_engine_answers_as_the_naive_model_does)
{
    auto const [first, last] = seeds();
    int failures = 0;
    for (auto seed = first; seed <= last && failures < 3; ++seed) {
        Driver driver(seed);
        int step = 0;
        try {
            for (; step < steps_per_seed; ++step) {
                driver.step();
                BOOST_TEST_MESSAGE(step << ": " << driver.action());
            }
            driver.fall_silent();
        } catch (std::exception const& mismatch) {
            ++failures;
            BOOST_ERROR("seed " << seed << ", step " << step << ": " << driver.action() << "\n "
                                << mismatch.what());
        }
    }
}
