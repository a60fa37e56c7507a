#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace bayeux {

/// Names one open question of the engine. Who answers later keeps it and hands it to
/// Engine::resolve() or ServiceContext::resolve(), once.
struct Pending {
    std::uint64_t value = 0;
    friend bool operator==(Pending, Pending) = default;
};

/// An answer to a question of the engine: may this be done, shall this message go on?
class Decision {
public:
    static Decision allow() { return Decision(Kind::allow, {}); }
    /// `reason` is told to the client where the protocol has a place for it.
    static Decision deny(std::string reason = "denied_by_security_policy")
    {
        return Decision(Kind::deny, std::move(reason));
    }
    /// The answer comes later. Until then the message and those behind it in its batch wait, at
    /// most EngineOptions::decision_timeout; then it counts as deny. References that the question
    /// came with are good until it returns, and no longer: the message moves to where it waits, and
    /// its session may end. What the answer needs of them is to be copied (Session::id()).
    static Decision later() { return Decision(Kind::later, {}); }

    bool allowed() const { return kind_ == Kind::allow; }
    bool denied() const { return kind_ == Kind::deny; }
    bool is_later() const { return kind_ == Kind::later; }
    std::string const& reason() const { return reason_; }

private:
    enum class Kind { allow, deny, later };
    Decision(Kind kind, std::string reason) : kind_(kind), reason_(std::move(reason)) {}

    Kind kind_;
    std::string reason_;
};

} // namespace bayeux
