#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bayeux {

/// What a client may say about the hold of one /meta/connect (wire-behaviour 4.2, 4.3).
struct ClientAdvice {
    std::optional<std::int64_t> timeout;  ///< ms; negative counts as absent
    std::optional<std::int64_t> interval; ///< ms; negative counts as absent
};

/// One member of a message as the client wrote it.
struct Member {
    std::string_view name;  ///< decoded
    std::string_view value; ///< the original bytes, valid JSON
};

/// A message from a client: its envelope, and the original bytes of everything else.
///
/// A value: it shares the text it was parsed from, so a copy may be kept for later and its views
/// stay valid as long as any copy lives. Engine thread only, once the engine has it.
class Message {
public:
    /// A message that the server publishes. Throws std::invalid_argument for a channel that is not
    /// UTF-8, and as set_member().
    static Message make(std::string_view channel, std::string data_json);

    /// Decoded; empty when the member is absent or null, see has_channel().
    std::string_view channel() const { return channel_; }
    bool has_channel() const { return channel_.data() != nullptr; }
    /// Text form, as CometD gives it back: a number becomes its digits (wire-behaviour 2.1).
    std::optional<std::string_view> id() const { return id_; }
    std::string_view client_id() const { return client_id_; }
    /// Original bytes of `data`; empty when absent. A service that needs the value calls data().
    std::string_view data_text() const { return member("data"); }
    /// `data` as a value, parsed now; null when absent. Numbers too large for a double are
    /// infinities in it, which to_json() refuses to write.
    boost::json::value data() const { return value("data"); }
    /// Original bytes of `ext`; empty when absent.
    std::string_view ext_text() const { return member("ext"); }
    /// A member of `ext` as a value, parsed now; null when it is absent.
    boost::json::value ext(std::string_view name) const;
    /// Original bytes of `subscription`; empty when absent or null.
    std::string_view subscription_text() const { return subscription_text_; }
    /// The channels asked for: one for a string, several for an array. An element that is not a
    /// string stands here as its text, which no channel grammar accepts. None when `subscription`
    /// is absent, or neither string nor array.
    std::optional<std::vector<std::string_view>> const& subscriptions() const
    {
        return subscriptions_;
    }
    /// Present when the message has an `advice` object, even an empty one.
    std::optional<ClientAdvice> const& advice() const { return advice_; }

    /// Original bytes of any member; empty when absent.
    std::string_view member(std::string_view name) const;
    /// Any member as a value, parsed now; null when absent. See data().
    boost::json::value value(std::string_view name) const;
    /// All members in their order; of duplicates the last one alone.
    std::vector<Member> const& members() const { return members_; }

    /// A lazy message waits in the queues of its receivers until there is another reason to answer
    /// them, at most EngineOptions::max_lazy_timeout (wire-behaviour 14).
    bool lazy() const { return lazy_; }
    void set_lazy(bool lazy) { lazy_ = lazy; }
    /// Replaces `data` (data filters use this). Throws as set_member().
    void set_data(std::string json);
    /// Replaces or adds a member. The envelope (channel, id, clientId, subscription, advice) stays
    /// as it was parsed. Throws std::invalid_argument for what is not JSON, not UTF-8, or nested
    /// more than 1,000 deep.
    void set_member(std::string_view name, std::string json);

private:
    friend class BatchParser;

    /// What the views point into.
    struct Text {
        std::string body;
        std::forward_list<std::string> decoded; ///< few have any
    };

    std::shared_ptr<Text> text_;
    std::vector<Member> members_;
    std::string_view channel_;
    std::optional<std::string_view> id_;
    std::string_view client_id_;
    std::string_view subscription_text_;
    std::optional<std::vector<std::string_view>> subscriptions_;
    std::optional<ClientAdvice> advice_;
    bool lazy_ = false;
};

/// The messages of one request body or one WebSocket text frame, in order; never empty.
using Batch = std::vector<Message>;

/// Why a body is no batch (wire-behaviour 1.6). Nothing of it has been processed.
struct ParseError {
    enum class Kind {
        malformed, ///< not JSON, or neither object nor array: HTTP 400
        unusable,  ///< JSON, but not messages (`[]`, `null`, `[1]`, a channel that is no string):
                   ///< HTTP 500
        too_many   ///< messages: HTTP 413
    };
    Kind kind;
    std::string reason; ///< for the log
};

struct ParseLimits {
    std::size_t depth = 100; ///< of arrays and objects in each other
    std::size_t messages = static_cast<std::size_t>(-1);
};

/// Parses a batch: an array of objects or one object. Strict JSON, and trailing commas are
/// forgiven (wire-behaviour 1.8). Pure function, any thread.
std::variant<Batch, ParseError> parse_batch(std::string body, ParseLimits limits = {});

} // namespace bayeux
