#include "services/services.hpp"

#include "bayeux/service.hpp"
#include "services/chat.hpp"
#include "services/echo.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>

namespace bayeux::services {
namespace {

template <class Service>
std::unique_ptr<BayeuxService> make(ServiceContext& context)
{
    return std::make_unique<Service>(context);
}

struct Entry {
    std::string_view name;
    std::unique_ptr<BayeuxService> (*make)(ServiceContext&);
};

/// The list: a new service is a line here.
constexpr std::array entries{
    Entry{"chat", make<Chat>},
    Entry{"echo", make<Echo>},
};

constexpr auto names = [] {
    std::array<std::string_view, entries.size()> all;
    std::ranges::transform(entries, all.begin(), &Entry::name);
    return all;
}();

} // namespace

std::span<std::string_view const> known()
{
    return names;
}

void install(std::string_view name, Engine& engine)
{
    auto const* const entry = std::ranges::find(entries, name, &Entry::name);
    if (entry == entries.end())
        throw std::invalid_argument("no service " + std::string(name));
    engine.install(entry->make(engine.context()));
}

} // namespace bayeux::services
