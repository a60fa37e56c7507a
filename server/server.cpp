#include "server/server.hpp"

#include "server/address_quota.hpp"
#include "server/browser_cookie.hpp"
#include "server/deflate.hpp"
#include "server/descriptor.hpp"
#include "server/engine_host.hpp"
#include "server/extensions.hpp"
#include "server/heap_trimmer.hpp"
#include "server/io_loop.hpp"
#include "server/listener.hpp"
#include "server/log.hpp"
#include "server/memory_budget.hpp"
#include "server/network.hpp"
#include "server/random.hpp"
#include "server/refusals.hpp"
#include "server/static_files.hpp"
#include "server/worker_pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <malloc.h>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace bayeux::server {
namespace {

namespace asio = boost::asio;

/// Descriptors kept for files and the loops' own needs.
constexpr std::size_t reserved_descriptors = 64;
/// What is longer goes back to the system as soon as it is freed; else a rush of long answers stays
/// in the heap as holes.
constexpr int long_allocation = 1'048'576;
/// After a shutdown clients come back this much later at the earliest, and after twice as much at
/// the latest.
constexpr Duration come_back_after{1'000};
constexpr std::string_view too_many_connections = "HTTP/1.1 503 Service Unavailable\r\n"
                                                  "Connection: close\r\n"
                                                  "Retry-After: 10\r\n"
                                                  "Content-Length: 0\r\n\r\n";
/// Proxies give up on a connection after 30 seconds and more.
constexpr Duration heartbeat_interval{15'000};

bool contains(std::vector<std::string> const& names, std::string_view name)
{
    return std::ranges::find(names, name) != names.end();
}

EngineOptions engine_options(Options const& options)
{
    auto engine = options.engine;
    engine.ack = contains(options.extensions, "ack");
    return engine;
}

/// Raises the soft limit to the hard one and says how many connections fit below it.
std::size_t connections_that_fit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return std::numeric_limits<std::size_t>::max();
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
    auto const all = static_cast<std::size_t>(limit.rlim_cur);
    return all > 2 * reserved_descriptors ? all - reserved_descriptors : all / 2;
}

std::string_view name_of_signal(int signal)
{
    return signal == SIGTERM ? "SIGTERM" : signal == SIGINT ? "SIGINT" : "SIGHUP";
}

/// An I/O loop with the thread that runs it, when it has one of its own.
struct Worker {
    explicit Worker(std::unique_ptr<asio::io_context> own) : context(std::move(own)) {}

    std::unique_ptr<asio::io_context> context;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::unique_ptr<IoLoop> loop;
    std::thread thread;
};

} // namespace

class Server::Impl {
public:
    explicit Impl(Options options);
    ~Impl();

    Engine& engine() { return engine_; }
    Refusals const& refusals() const { return refusals_; }
    std::vector<ListenAddress> addresses() const;
    void run();
    bool wait_for_background() { return background_.wait(options_.shutdown_timeout); }
    void stop()
    {
        asio::post(context_, [this] { begin_shutdown(); });
    }

private:
    HttpSettings http_settings();
    void make_loops();
    void add_loop(Worker& worker, asio::io_context& context);
    void listen();
    std::size_t open_connections() const;
    bool has_room() const { return open_connections() < max_connections_; }
    void hand_out(Listener::Accepted accepted);
    void turn_away(Listener::Accepted const& accepted);
    void wait_for_signal();
    void begin_shutdown();
    void drain_loops(std::chrono::steady_clock::time_point last_moment);
    template <class Work>
    void on_all_loops(Work work);
    void one_loop_drained();
    void end();

    Options options_;
    std::size_t max_connections_;
    AddressQuota connections_of_address_;
    Networks trusted_proxies_;
    Refusals refusals_;
    MemoryBudget memory_;
    std::optional<StaticFiles> static_files_;
    /// The first loop's, where connections are accepted too; mostly it is the only one.
    asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    WorkerPool background_; ///< outlives the services, which may try to use it to their end
    Engine engine_;
    EngineHost host_;
    std::vector<Worker> workers_; ///< the first is of the thread that runs all
    std::size_t next_worker_ = 0;
    /// Counted here, since a loop takes a connection only when its thread comes to it.
    std::size_t accepted_ = 0;
    std::vector<std::unique_ptr<Listener>> listeners_;
    HeapTrimmer trimmer_;
    asio::signal_set signals_;
    asio::steady_timer last_moment_;
    /// Whoever started it looks at the log there, and ends it by closing the window.
    bool const at_terminal_ = ::isatty(STDERR_FILENO) == 1;
    bool shutting_down_ = false;
    std::size_t loops_to_drain_ = 0;
};

Server::Impl::Impl(Options options)
    : options_(std::move(options)),
      max_connections_(connections_that_fit()),
      connections_of_address_(options_.max_connections_per_address),
      trusted_proxies_(options_.trusted_proxy),
      memory_(options_.engine.max_total_queue_bytes),
      background_(options_.worker_threads, options_.max_background,
          [this](std::function<void()> task) { host_.post(std::move(task)); }),
      engine_(engine_options(options_), secure_random()),
      host_(context_, engine_, memory_),
      trimmer_(
          context_,
          [this] {
              auto const engine = host_.statistics();
              return accepted_ - open_connections() + engine.handshakes - engine.sessions;
          },
          [this] { return open_connections() == 0 && host_.statistics().sessions == 0; },
          [this] { host_.free_memory(); }),
      signals_(context_),
      last_moment_(context_)
{
    if (options_.max_connections > 0)
        max_connections_ = std::min(max_connections_, options_.max_connections);
    if (!options_.www.empty())
        static_files_.emplace(options_.www);
    engine_.set_workers(background_);
    install_extensions(options_, engine_);
    listen();
}

Server::Impl::~Impl()
{
    end();
    background_.stop();
    for (auto& worker : workers_)
        worker.loop->close_all();
}

HttpSettings Server::Impl::http_settings()
{
    HttpSettings settings;
    settings.paths = options_.path;
    settings.allowed_origins = AllowedOrigins(options_.allow_origin);
    settings.static_files = static_files_ ? &*static_files_ : nullptr;
    settings.browser_cookie_name = options_.browser_cookie_name;
    settings.browser_cookie_attributes = browser_cookie_attributes(options_);
    settings.refusals = &refusals_;
    settings.trusted_proxies = trusted_proxies_;
    settings.address_quota = &connections_of_address_;
    settings.memory = &memory_;
    settings.max_header_size = options_.max_header_size;
    settings.max_message_size = options_.max_message_size;
    settings.parse_limits = {
        .depth = options_.max_json_depth, .messages = options_.engine.max_batch};
    settings.service_paths = engine_.request_prefixes();
    settings.keep_heads = engine_.needs_request_heads();
    auto const allows = [&](std::string_view transport) {
        return contains(options_.engine.allowed_transports, transport);
    };
    settings.long_polling = allows("long-polling");
    settings.callback_polling = allows("callback-polling");
    settings.eventsource = allows("eventsource");
    settings.websocket = allows("websocket");
    settings.ws_protocol = options_.ws_protocol;
    if (options_.ws_permessage_deflate)
        settings.ws_deflate = std::make_shared<MessageDeflate>();
    settings.ws_max_message_size = options_.ws_max_message_size;
    settings.ws_max_compression_ratio = options_.ws_max_compression_ratio;
    settings.ws_messages_per_frame = options_.ws_messages_per_frame;
    return settings;
}

void Server::Impl::make_loops()
{
    workers_.reserve(std::max<std::size_t>(options_.io_threads, 1));
    add_loop(workers_.emplace_back(nullptr), context_);
    while (workers_.size() < options_.io_threads) {
        auto& worker = workers_.emplace_back(
            std::make_unique<asio::io_context>(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO));
        worker.work.emplace(worker.context->get_executor());
        add_loop(worker, *worker.context);
    }
}

void Server::Impl::add_loop(Worker& worker, asio::io_context& context)
{
    auto const index = static_cast<std::size_t>(&worker - workers_.data());
    worker.loop = std::make_unique<IoLoop>(
        index, context, http_settings(),
        ConnectionTimeouts{options_.request_timeout, options_.keep_alive_timeout,
            options_.ws_idle_timeout, heartbeat_interval},
        [this, index](EngineItems& items) { host_.handle(index, items); },
        options_.io_threads < 2
            ? IoLoop::WhenDone()
            : [this, index](
                  std::function<void()> const& resume) { host_.when_delivered(index, resume); });
    host_.add_loop(context, [loop = worker.loop.get()](LoopItems& items) { loop->deliver(items); });
}

void Server::Impl::listen()
{
    for (auto const& address : options_.listen) {
        try {
            listeners_.push_back(std::make_unique<Listener>(
                context_, address,
                [this](Listener::Accepted accepted) { hand_out(std::move(accepted)); },
                [this] { return has_room(); },
                [this](std::string_view why) { refusals_.note_pause(why); }));
        } catch (boost::system::system_error const& failure) {
            // Without the place in Asio's sources, which is no concern of the user.
            throw std::system_error(std::error_code(failure.code()), to_string(address));
        }
    }
}

std::size_t Server::Impl::open_connections() const
{
    auto open = accepted_;
    for (auto const& worker : workers_)
        open -= worker.loop->ended_count();
    return open;
}

void Server::Impl::hand_out(Listener::Accepted accepted)
{
    // Of a proxy's connections its clients take the places.
    auto place = trusted_proxies_.contain_peer(accepted.peer)
                     ? AddressQuota::Place()
                     : connections_of_address_.take(accepted.peer);
    if (!place)
        return turn_away(accepted);
    ++accepted_;
    trimmer_.wake();
    auto& worker = workers_[next_worker_++ % workers_.size()];
    if (!worker.context)
        return worker.loop->adopt(accepted.descriptor, std::move(accepted.peer), std::move(*place));
    asio::post(*worker.context, [loop = worker.loop.get(), accepted = std::move(accepted),
                                    place = std::move(*place)]() mutable {
        loop->adopt(accepted.descriptor, std::move(accepted.peer), std::move(place));
    });
}

/// At once, so that it takes up nothing. What its client has sent by now is read, lest a reset
/// overtakes the answer.
void Server::Impl::turn_away(Listener::Accepted const& accepted)
{
    refusals_.note(503, accepted.peer);
    Descriptor const socket(accepted.descriptor);
    std::array<char, 4'096> unread;
    ::send(socket.get(), too_many_connections.data(), too_many_connections.size(), MSG_NOSIGNAL);
    ::shutdown(socket.get(), SHUT_WR);
    ::recv(socket.get(), unread.data(), unread.size(), 0);
}

std::vector<ListenAddress> Server::Impl::addresses() const
{
    std::vector<ListenAddress> all;
    for (auto const& listener : listeners_)
        all.push_back(listener->address());
    return all;
}

void Server::Impl::run()
{
    make_loops(); // here, since services have a say in http_settings()
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.add(SIGHUP);
    ::mallopt(M_MMAP_THRESHOLD, long_allocation);
    std::signal(SIGPIPE, SIG_IGN); // whoever reads the log may end before us
    wait_for_signal();
    for (auto& worker : workers_)
        if (worker.context)
            worker.thread = std::thread([&worker] { worker.context->run(); });
    for (auto const& listener : listeners_) {
        listener->start();
        log(LogLevel::info, "listening on http://" + to_string(listener->address()));
    }
    host_.start();
    context_.run();
    signals_.clear(); // from now on one is enough to end the process
    end();
}

void Server::Impl::wait_for_signal()
{
    signals_.async_wait([this](boost::system::error_code failed, int signal) {
        if (failed)
            return;
        if (signal == SIGHUP && (!at_terminal_ || shutting_down_)) {
            log(LogLevel::info, "SIGHUP: there is nothing to read anew");
            return wait_for_signal();
        }
        if (shutting_down_)
            std::_Exit(128 + signal);
        log(LogLevel::info, std::string(name_of_signal(signal)) + ": shutting down");
        begin_shutdown();
        wait_for_signal();
    });
}

void Server::Impl::begin_shutdown()
{
    if (std::exchange(shutting_down_, true))
        return;
    trimmer_.stop();
    auto const begun = std::chrono::steady_clock::now();
    last_moment_.expires_at(begun + options_.shutdown_timeout / 2);
    last_moment_.async_wait([this](boost::system::error_code failed) {
        if (!failed)
            host_.shutdown_now(come_back_after);
    });
    // Until then clients may come to fetch what waits for them.
    host_.shutdown(come_back_after, [this, begun] {
        for (auto const& listener : listeners_)
            listener->stop();
        asio::post(context_, [this, begun] { drain_loops(begun + options_.shutdown_timeout); });
    });
}

void Server::Impl::drain_loops(std::chrono::steady_clock::time_point last_moment)
{
    last_moment_.expires_at(last_moment);
    last_moment_.async_wait([this](boost::system::error_code failed) {
        if (failed)
            return;
        log(LogLevel::warning, "some connections did not end in time");
        context_.stop();
    });
    loops_to_drain_ = workers_.size();
    on_all_loops([this](IoLoop& loop) {
        loop.drain([this] { asio::post(context_, [this] { one_loop_drained(); }); });
    });
}

/// Each on its own thread.
template <class Work>
void Server::Impl::on_all_loops(Work work)
{
    for (auto& worker : workers_) {
        if (worker.context)
            asio::post(*worker.context, [loop = worker.loop.get(), work] { work(*loop); });
        else
            work(*worker.loop);
    }
}

void Server::Impl::one_loop_drained()
{
    if (--loops_to_drain_ == 0)
        context_.stop();
}

void Server::Impl::end()
{
    for (auto& worker : workers_) {
        if (worker.context)
            worker.context->stop();
        if (worker.thread.joinable())
            worker.thread.join();
    }
}

Server::Server(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;

Engine& Server::engine()
{
    return impl_->engine();
}

std::vector<ListenAddress> Server::addresses() const
{
    return impl_->addresses();
}

Refusals const& Server::refusals() const
{
    return impl_->refusals();
}

void Server::run()
{
    impl_->run();
}

bool Server::wait_for_background()
{
    return impl_->wait_for_background();
}

void Server::stop()
{
    impl_->stop();
}

} // namespace bayeux::server
