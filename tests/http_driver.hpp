#pragma once

#include "server/http_connection.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::server {

/// A reply that shows what arrived: browser cookie, and channel and data of each message.
inline Reply echo(BayeuxRequest const& request)
{
    Reply reply;
    reply.replies = "\"" + request.request.browser_id + "\"";
    for (auto const& message : request.batch) {
        reply.replies += ",\"" + std::string(message.channel()) + "\"";
        if (!message.data_text().empty())
            reply.replies += "," + std::string(message.data_text());
    }
    return reply;
}

/// The same for a request that a service answers.
inline WebReply echo_to_service(BayeuxRequest const& request)
{
    auto const& head = request.request.head();
    return {200, {{"X-Asked", std::string(head.header("X-Asked"))}},
        std::string(head.method()) + ' ' + std::string(head.target()) + ' ' +
            *request.service_body};
}

/// Stands in for the TCP side of an HttpConnection, and for the engine.
class HttpDriver {
public:
    explicit HttpDriver(HttpSettings const& settings, std::string peer = {})
        : connection(settings, std::move(peer))
    {}

    void send(std::string_view bytes)
    {
        unconsumed += bytes;
        pump();
    }

    /// Answers the request that waits when `engine` is empty.
    void answer(Reply const& reply)
    {
        connection.answer(reply, output);
        pump();
    }
    void answer(WebReply const& reply)
    {
        connection.answer(reply, output);
        pump();
    }

    HttpConnection connection;
    std::string output;     ///< all that was sent back
    std::string unconsumed; ///< received, not taken yet
    std::vector<BayeuxRequest> requests;
    std::function<Reply(BayeuxRequest const&)> engine = echo;
    std::function<WebReply(BayeuxRequest const&)> service = echo_to_service;

private:
    void pump()
    {
        while (!unconsumed.empty() && !connection.awaiting_answer() && !connection.upgraded()) {
            std::optional<BayeuxRequest> request;
            // A copy in memory of its own, gone at once: a view kept into it would be found out.
            auto const used = connection.consume(std::string(unconsumed), output, request);
            unconsumed.erase(0, used);
            if (!request)
                continue;
            requests.push_back(std::move(*request));
            if (engine && requests.back().service_body)
                connection.answer(service(requests.back()), output);
            else if (engine)
                connection.answer(engine(requests.back()), output);
        }
    }
};

} // namespace bayeux::server
