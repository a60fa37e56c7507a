#pragma once

#include "bayeux/service.hpp"
#include "services/text_change.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace bayeux::services {

/// Texts that several people write at the same time. The server puts their changes into one order
/// and adapts each to those that its author did not know; everybody else does the same with what is
/// under way, and so all end with one text. server/demo/pad-document.js is the other side.
///
/// Clients subscribe to /pad/<pad>, choose a long random name for themselves, and say to
/// /service/pad
///
///     {pad, client}                        to begin: what they get is the whole text
///     {pad, client, life, rev}             after a cut: to get what came after revision `rev`
///     {pad, client, life, rev, n, change}  to change revision `rev`, see TextChange; `n` numbers
///                                          the changes of one client, and none is made twice
///
/// and hear on /pad/<pad>
///
///     {rev, by, n, change}                 this change has led to revision `rev`; also who made it
///     {rev, you, done, life, text}         to one alone: the text, the `by` of the own changes and
///                                          the last `n` that is in it. After a cut, when the
///                                          server still has what was missed, that comes first, and
///                                          then this without text
///
/// A pad is made by the first who asks for it. When nobody has subscribed to it for a while it is
/// forgotten; its next life begins empty. Whoever has not been here in this life of the pad, or
/// does not know a revision that still counts, gets the text whatever it said.
class Pad : public BayeuxService {
public:
    static constexpr std::size_t max_pads = 100;
    static constexpr std::size_t max_name = 64;                ///< bytes; of clients too
    static constexpr std::size_t max_units = 100'000;          ///< UTF-16 code units in a text
    static constexpr std::size_t max_steps = 1'000;            ///< of a change as it comes
    static constexpr std::size_t max_steps_made = 2'000;       ///< of a change when it is made
    static constexpr std::size_t max_history = 500;            ///< changes that are kept
    static constexpr std::size_t max_history_memory = 262'144; ///< bytes, about
    static constexpr std::size_t max_clients = 1'000; ///< of one pad that are known by name
    static constexpr Duration idle{600'000};          ///< until a pad is forgotten

    explicit Pad(ServiceContext& context);

private:
    struct Client {
        std::int64_t by = 0;
        std::int64_t done = 0;
        std::uint64_t last_use = 0;
    };
    struct Made {
        TextChange change;
        std::int64_t by;
        std::int64_t n;
    };
    struct Text {
        std::string channel;
        std::string life;
        std::u16string text;
        std::int64_t revision = 0;
        std::deque<Made> history; ///< the last one led to `revision`
        std::size_t history_memory = 0;
        std::map<std::string, Client> clients; ///< their names are their own choice: no table
        std::int64_t last_client = 0;
        std::uint64_t last_use_of_client = 0;
        Instant last_use{};
    };

    void receive(Session& from, Message const& message);
    void change(Text& pad, Client& client, Fields const& data, std::int64_t rev);
    void make(Text& pad, Made made);
    Text& open(std::string const& name, Session const& from);
    Client& client_of(Text& pad, std::string const& name);
    void forget_idle_pads();

    std::map<std::string, Text, std::less<>> pads_; ///< by name, without `/pad/`
    std::uint64_t lives_ = 0;
    Timer sweep_;
};

} // namespace bayeux::services
