#include "bayeux/service_type.hpp"

#include <stdexcept>

namespace bayeux {
namespace {

/// Such a name stays one in a configuration file and as an environment variable.
void check_name(std::string_view name, std::string const& what)
{
    auto const is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    bool const good = !name.empty() && is_letter(name.front()) &&
                      std::all_of(name.begin(), name.end(), [&](char c) {
                          return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
                      });
    if (!good)
        throw std::invalid_argument(what + " '" + std::string(name) +
                                    "': a name consists of lower-case letters, digits and '-'");
}

} // namespace

ServiceType::ServiceType(std::string name, std::string description,
    std::vector<ServiceOption> options, std::any defaults, Maker maker)
    : name_(std::move(name)),
      description_(std::move(description)),
      options_(std::move(options)),
      defaults_(std::move(defaults)),
      maker_(maker)
{
    check_name(name_, "service");
    for (auto const& option : options_)
        check_name(option.name, "service " + name_ + ", option");
}

} // namespace bayeux
