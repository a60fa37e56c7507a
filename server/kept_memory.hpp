#pragma once

#include <cstddef>
#include <vector>

namespace bayeux::server {

/// Bytes that a buffer may keep for its next use: a rush must not leave its memory behind.
constexpr std::size_t max_kept_memory = 1'048'576;

/// Empties a list that will be filled again.
template <class Item>
void empty(std::vector<Item>& list)
{
    list.clear();
    if (list.capacity() * sizeof(Item) > max_kept_memory)
        list.shrink_to_fit();
}

} // namespace bayeux::server
