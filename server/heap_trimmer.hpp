#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <functional>

namespace bayeux::server {

/// Gives the heap's free pages back to the system after many clients have gone: malloc by itself
/// returns only what lies behind everything that lives on. Looks every now and then while there are
/// clients, and sleeps when there are none. Thread of `context`.
class HeapTrimmer {
public:
    /// `gone` says how many clients have gone so far, `idle` whether there are none; `free` frees
    /// what can be spared.
    HeapTrimmer(boost::asio::io_context& context, std::function<std::uint64_t()> gone,
        std::function<bool()> idle, std::function<void()> free);

    /// A client has come.
    void wake();
    void stop() { timer_.cancel(); }

private:
    void look();

    boost::asio::steady_timer timer_;
    std::function<std::uint64_t()> gone_;
    std::function<bool()> idle_;
    std::function<void()> free_;
    std::uint64_t gone_at_last_trim_ = 0;
    bool awake_ = false;
};

} // namespace bayeux::server
