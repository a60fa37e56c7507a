#pragma once

#include "bayeux/detail/string_hash.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace bayeux::detail {

/// The browsers that have sessions, by the value of their cookie. A session keeps a Browser of its
/// own, so that a poll need not look for it.
class Browsers {
    struct Use {
        std::size_t sessions = 0;
        int held = 0;
    };
    using ById = std::unordered_map<std::string, Use, StringHash, SameSecret>;

public:
    explicit Browsers(HashKey const& key) : by_id_(0, StringHash{key}) {}

    /// One session's share in a browser; that with an empty id is none.
    class Browser {
    public:
        Browser() = default;
        Browser(Browsers& all, std::string_view id)
        {
            if (id.empty())
                return;
            all_ = &all.by_id_;
            auto found = all_->find(id);
            if (found == all_->end())
                found = all_->emplace(id, Use{}).first;
            entry_ = &*found;
            ++entry_->second.sessions;
        }
        Browser(Browser&& other) noexcept
            : all_(other.all_), entry_(std::exchange(other.entry_, nullptr))
        {}
        Browser& operator=(Browser other) noexcept
        {
            std::swap(all_, other.all_);
            std::swap(entry_, other.entry_);
            return *this;
        }
        ~Browser()
        {
            if (entry_ != nullptr && --entry_->second.sessions == 0)
                all_->erase(all_->find(entry_->first));
        }

        std::string const& id() const
        {
            static std::string const none;
            return entry_ != nullptr ? entry_->first : none;
        }
        /// Held connects of all its sessions. Only of one with an id.
        int held() const { return entry_->second.held; }
        void add_held(int count) { entry_->second.held += count; }

    private:
        ById* all_ = nullptr;
        ById::value_type* entry_ = nullptr;
    };

private:
    ById by_id_;
};

using Browser = Browsers::Browser;

} // namespace bayeux::detail
