#include "bayeux/engine.hpp"

#include "bayeux/detail/core.hpp"

namespace bayeux {

Engine::Engine(EngineOptions options, RandomSource random, std::unique_ptr<SecurityPolicy> policy)
    : core_(
          std::make_unique<detail::Core>(std::move(options), std::move(random), std::move(policy)))
{}

Engine::~Engine() = default;

ServiceContext& Engine::context()
{
    return core_->context();
}

void Engine::install(std::unique_ptr<BayeuxService> service)
{
    core_->install(std::move(service));
}

void Engine::add_extension(std::shared_ptr<Extension> extension)
{
    core_->add_extension(std::move(extension));
}

void Engine::add_listener(Listener& listener)
{
    core_->add_listener(listener);
}

bool Engine::needs_request_heads() const
{
    return core_->needs_request_heads();
}

void Engine::set_workers(Workers& workers)
{
    core_->set_workers(workers);
}

std::vector<std::string> Engine::request_prefixes() const
{
    return core_->request_prefixes();
}

void Engine::collect()
{
    core_->collect();
}

void Engine::flush(Instant now, Outbox& out)
{
    core_->flush(now, out);
}

void Engine::receive(Origin origin, Request request, Batch batch, Instant now, Outbox& out)
{
    core_->receive(origin, std::move(request), std::move(batch), now, out);
}

void Engine::request(Origin origin, Request request, std::string body, Instant now, Outbox& out)
{
    core_->request(origin, std::move(request), std::move(body), now, out);
}

void Engine::connection_lost(Origin origin, Instant now, Outbox& out)
{
    core_->connection_lost(origin, now, out);
}

void Engine::undelivered(Reply reply, Instant now, Outbox& out)
{
    core_->undelivered(std::move(reply), now, out);
}

void Engine::open_stream(
    Origin origin, Request request, std::string_view client_id, Instant now, Outbox& out)
{
    core_->open_stream(origin, std::move(request), client_id, now, out);
}

void Engine::link_full(Origin origin)
{
    core_->link_full(origin);
}

void Engine::link_ready(Origin origin, Instant now, Outbox& out)
{
    core_->link_ready(origin, now, out);
}

void Engine::resolve(Pending pending, Decision decision, Instant now, Outbox& out)
{
    core_->resolve(pending, std::move(decision), now, out);
}

void Engine::run(std::function<void()> const& task, Instant now, Outbox& out)
{
    core_->run(task, now, out);
}

void Engine::tick(Instant now, Outbox& out)
{
    core_->tick(now, out);
}

std::optional<Instant> Engine::next_deadline() const
{
    return core_->next_deadline();
}

void Engine::shutdown(Duration interval, Instant now, Outbox& out)
{
    core_->shutdown(interval, now, out);
}

EngineStatistics Engine::statistics() const
{
    return core_->statistics();
}

} // namespace bayeux
