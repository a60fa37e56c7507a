#pragma once

#include "bayeux/binary.hpp"
#include "bayeux/channel_template.hpp"
#include "bayeux/json_text.hpp"
#include "bayeux/message.hpp"

#include <boost/json/value.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace bayeux {

class ServiceContext;
class Session;

/// A client's remoteCall() (wire-behaviour 10), to be answered once: now, or at any later time on
/// the engine thread. Copies are the same call, and its first answer counts. An answer to a session
/// that has ended is dropped. A call that nobody holds any more without having answered it fails at
/// its client ("no answer"), and so does one that takes longer than EngineOptions::decision_timeout
/// ("no answer in time"). Its last copy must be gone before the engine.
class RemoteCall {
public:
    RemoteCall(
        ServiceContext& context, Session const& caller, Message message, Parameters parameters);

    /// Null when it has ended. Valid as ServiceContext::session() says.
    Session* caller() const;
    /// message().data() is what the client passed.
    Message const& message() const;
    /// Of the template that the service answers.
    Parameters const& parameters() const;
    bool answered() const;

    /// Throws std::invalid_argument, and answers nothing, for what Message::make() refuses.
    void result(boost::json::value const& data);
    template <MadeValue Data>
    void result(Data const& data)
    {
        result(boost::json::value_from(data));
    }
    /// The same with JSON text.
    void result_json(std::string_view data_json);
    /// The same with bytes.
    void result(BinaryData const& binary);
    /// The client's callback is told that the call has failed, and this.
    void failure(boost::json::value const& data);
    template <MadeValue Data>
    void failure(Data const& data)
    {
        failure(boost::json::value_from(data));
    }

    /// For BayeuxService: from now on it fails when it takes too long.
    void start_deadline(std::string const& owner);

private:
    struct State;

    std::shared_ptr<State> state_;
};

/// To be thrown by the handler of a call: answers it with failure(data).
class CallFailure : public std::runtime_error {
public:
    explicit CallFailure(boost::json::value data)
        : std::runtime_error("a call has failed"), data_(std::move(data))
    {}
    boost::json::value const& data() const { return data_; }

private:
    boost::json::value data_;
};

} // namespace bayeux
