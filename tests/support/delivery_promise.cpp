#include "tests/support/delivery_promise.hpp"

#include <stdexcept>
#include <utility>

namespace bayeux::testing {

void DeliveryPromise::enters(Number number, int publisher, std::set<std::string> subscribers)
{
    publications_.insert({number, {publisher, std::move(subscribers)}});
}

bool DeliveryPromise::is_acknowledged(Number number) const
{
    auto const found = publications_.find(number);
    return found != publications_.end() && found->second.acknowledged;
}

void DeliveryPromise::came(std::string const& session, Number number)
{
    auto const refuse = [&](std::string const& why) {
        throw std::runtime_error("message " + std::to_string(number) + " came " + why);
    };
    auto const publication = publications_.find(number);
    if (publication == publications_.end())
        return refuse("from nowhere");
    auto& [numbers, excused, last] = received_[session];
    if (!numbers.insert(number).second)
        refuse("twice");
    auto& before = last[publication->second.publisher];
    if (number < before)
        refuse("after " + std::to_string(before));
    before = number;
}

void DeliveryPromise::vanished(std::string const& session, Number number)
{
    received_[session].excused.insert(number);
}

std::vector<DeliveryPromise::Number> DeliveryPromise::missed_by(std::string const& session) const
{
    auto const found = received_.find(session);
    std::vector<Number> missed;
    for (auto const& [number, publication] : publications_) {
        if (!publication.acknowledged || !publication.subscribers.contains(session))
            continue;
        bool const came = found != received_.end() && (found->second.numbers.contains(number) ||
                                                          found->second.excused.contains(number));
        if (!came)
            missed.push_back(number);
    }
    return missed;
}

} // namespace bayeux::testing
