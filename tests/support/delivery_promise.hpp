#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bayeux::testing {

/// The promise of bayeux(7) about delivery, watched from outside: who published what, who was to
/// get it, who got it.
///
/// A message that was acknowledged to its publisher reaches every session subscribed at that time,
/// in publish order per publisher, exactly once with acknowledgements and at most once without, as
/// long as the session lives. What the network took away without telling the server may be missed
/// where nobody acknowledges.
class DeliveryPromise {
public:
    using Number = long;

    /// On its way into the engine. `subscribers` have been told that they are subscribed.
    void enters(Number number, int publisher, std::set<std::string> subscribers);
    /// Its publisher has been told that it is published.
    void acknowledged(Number number) { publications_.at(number).acknowledged = true; }
    bool is_acknowledged(Number number) const;
    /// Throws std::runtime_error for one that came twice, or before an older one.
    void came(std::string const& session, Number number);
    /// An answer to a client that acknowledges nothing has vanished in the network.
    void vanished(std::string const& session, Number number);
    /// Of a session that has lived until now: what has not come to it. Empty when nothing is
    /// missing.
    std::vector<Number> missed_by(std::string const& session) const;

private:
    struct Publication {
        int publisher;
        std::set<std::string> subscribers;
        bool acknowledged = false;
    };
    struct Received {
        std::set<Number> numbers;
        std::set<Number> excused;
        std::map<int, Number> last; ///< by publisher
    };

    std::map<Number, Publication> publications_;
    std::map<std::string, Received> received_;
};

} // namespace bayeux::testing
