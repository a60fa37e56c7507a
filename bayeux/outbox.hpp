#pragma once

#include "bayeux/frozen_message.hpp"
#include "bayeux/web_reply.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bayeux {

/// Where answers go. Chosen by the transport, never 0, and opaque to the engine. Of long-polling
/// each unanswered batch has its own; of a transport that pushes each connection has one, for all
/// its batches and for what is sent without being asked. Never used for another connection.
struct Origin {
    std::uint64_t value = 0;
    friend bool operator==(Origin, Origin) = default;
};

/// The answer to one batch, or the late answer to a held /meta/connect. Each batch gets exactly
/// one; a transport that pushes gets others besides: messages, and answers to held connects.
///
/// On the wire (wire-behaviour 5.1): `[` handshake reply, messages, other replies `]`.
struct Reply {
    static Reply to(Origin origin)
    {
        Reply reply;
        reply.origin = origin;
        return reply;
    }
    static Reply failed(Origin origin, int status)
    {
        auto reply = to(origin);
        reply.ok = false;
        reply.error_status = status;
        return reply;
    }

    /// As new, but with the memory that it had.
    void reset(Origin to);

    Origin origin;
    /// False: the batch failed as a whole, or a newer /meta/connect superseded this one. The
    /// transport answers with `error_status` and an empty body (HTTP).
    bool ok = true;
    int error_status = 0;
    std::string first;                   ///< rendered handshake reply, or empty
    std::vector<FrozenMessage> messages; ///< oldest first
    std::string replies;                 ///< rendered replies joined by commas, or empty
    std::string set_browser_id;          ///< non-empty: hand this cookie value to the browser
    /// Its client must get all of it or nothing: it acknowledges the messages by a number in the
    /// replies.
    bool whole = false;
    /// More messages wait for this connection, which pushes: they come when Engine::link_ready()
    /// tells that this has been sent.
    bool more = false;
    std::string client_id; ///< whose messages these are; empty without messages
};

/// The answer to an HTTP request that Engine::request() took.
struct WebAnswer {
    Origin origin;
    WebReply reply;
};

enum class LogLevel { debug, info, warning, error };

struct LogEvent {
    LogLevel level;
    std::string text;
};

/// Effects of one call of the engine, to be carried out by the caller in order.
struct Outbox {
    /// A Reply to fill, in the memory of one that has been carried out if there is any.
    Reply make_reply(Origin origin);
    /// Replies that have been carried out, or were not needed after all.
    void take_back(std::vector<Reply>& used);
    void take_back(Reply used);
    /// Frees their memory: scattered as it is, it keeps pages of the heap from the system.
    void drop_spare() { std::vector<Reply>().swap(spare_); }

    std::vector<Reply> replies;
    std::vector<WebAnswer> web_answers;
    std::vector<LogEvent> logs;

    bool empty() const { return replies.empty() && web_answers.empty() && logs.empty(); }
    void clear()
    {
        replies.clear();
        web_answers.clear();
        logs.clear();
    }

private:
    std::vector<Reply> spare_;
};

/// Leaves of replies that have been carried out what Outbox::take_back() would keep.
void strip(std::vector<Reply>& used);

/// Appends the JSON array that `reply` stands for.
void append_body(std::string& out, Reply const& reply);

} // namespace bayeux
