#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

namespace bayeux::fuzz {

inline void require(bool condition, char const* otherwise)
{
    if (condition)
        return;
    std::fprintf(stderr, "%s\n", otherwise);
    std::abort();
}

/// The input of a fuzz target as a source of choices; when it is at its end all of them are the
/// first.
class Bytes {
public:
    explicit Bytes(std::string_view input) : rest_(input) {}

    bool empty() const { return rest_.empty(); }
    void stop() { rest_ = {}; }
    std::uint8_t next()
    {
        if (rest_.empty())
            return 0;
        auto const byte = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return byte;
    }
    std::size_t below(std::size_t end) { return end < 2 ? 0 : next() % end; }
    template <class T>
    T of(std::initializer_list<T> choices)
    {
        return choices.begin()[below(choices.size())];
    }
    std::string text(std::size_t length)
    {
        std::string const taken(rest_.substr(0, length));
        rest_.remove_prefix(taken.size());
        return taken;
    }

private:
    std::string_view rest_;
};

} // namespace bayeux::fuzz
