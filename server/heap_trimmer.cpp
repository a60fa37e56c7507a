#include "server/heap_trimmer.hpp"

#include <chrono>
#include <malloc.h>
#include <utility>

namespace bayeux::server {
namespace {

constexpr std::chrono::seconds period{10};
/// Fewer are not worth the walk through the heap.
constexpr std::uint64_t many = 1'000;

} // namespace

HeapTrimmer::HeapTrimmer(boost::asio::io_context& context, std::function<std::uint64_t()> gone,
    std::function<bool()> idle, std::function<void()> free)
    : timer_(context), gone_(std::move(gone)), idle_(std::move(idle)), free_(std::move(free))
{}

void HeapTrimmer::wake()
{
    if (std::exchange(awake_, true))
        return;
    timer_.expires_after(period);
    timer_.async_wait([this](boost::system::error_code failed) {
        if (!failed)
            look();
    });
}

void HeapTrimmer::look()
{
    awake_ = false;
    if (auto const gone = gone_(); gone - gone_at_last_trim_ >= many) {
        gone_at_last_trim_ = gone;
        free_();
        ::malloc_trim(0);
    }
    if (!idle_())
        wake();
}

} // namespace bayeux::server
