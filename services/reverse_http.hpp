#pragma once

#include "bayeux/service.hpp"
#include "bayeux/service_type.hpp"

#include <boost/json/value.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace bayeux::services {

/// HTTP requests to /via/<name>/... are answered by the client that has registered the name: a page
/// in a browser, or a program behind a firewall (Reverse HTTP, ptth). Of remote calls:
///
///   via/register    {name}  ->  {name, path: "/via/<name>/"}; letters, digits, `-` and `_`. A name
///                   belongs to one session, until that ends or lets go of it
///   via/unregister  {name}
///   via/answer      {id, status, headers: {<name>: <value>}, body, encoding}, all but the id may
///                   be left out
///
/// and of messages to that session alone:
///
///   /service/via/request  {id, name, method, path, query, headers, body, encoding}
///
/// The path is what stands behind the name, as it was sent, so `/` at least; names of headers are
/// in lower case. `encoding` says "base64" where the body is not text in UTF-8. What is wrong with
/// a call is its failure, and with an answer besides 502 for who has asked.
///
/// Who asks gets 404 for a name that nobody has, 502 when its holder goes or answers something that
/// is no HTTP, 503 when too many requests wait for the holder, and 504 when it is silent.
///
/// Whatever a page answers has the origin of this server. So browsers are told to keep it in a
/// sandbox of another origin, only headers that describe the content pass, redirections stay on
/// this server, no cookie is set, and the cookies and passwords of who asks stay here.
class ReverseHttp : public BayeuxService {
public:
    struct Options {
        Duration timeout{
            20'000}; ///< for an answer; should be below EngineOptions::decision_timeout
        static void describe(OptionTable<Options>& table)
        {
            table.add("timeout", &Options::timeout, "MS", "wait for the answer of a page; then 504",
                {1, 3'600'000});
        }
    };

    explicit ReverseHttp(ServiceContext& context, Options options);

private:
    /// A request that waits for its holder's answer.
    struct Question {
        WebRequest request;
        std::string name;
        Timer deadline;
    };
    struct Holder {
        std::string session; ///< its id
        std::size_t open = 0;
    };
    using Questions = std::map<std::string, Question, std::less<>>;

    boost::json::value take_name(Session& caller, Message const& message);
    boost::json::value release_name(Session& caller, Message const& message);
    boost::json::value answer(Session& caller, Message const& message);
    void ask(WebRequest request);
    void close(Questions::iterator question, WebReply reply);
    void forget_gone(std::string_view name);
    void release(std::string_view name);
    void session_removed(Session& session, Removal why, Message const* message) override;

    Options options_;
    std::map<std::string, Holder, std::less<>> holders_; ///< by name
    Questions questions_;                                ///< by id
    std::size_t last_question_ = 0;
};

} // namespace bayeux::services
