#pragma once

#include "bayeux/binary.hpp"
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
/// that has ended is dropped; a call that is never answered fails at its client after a while. Must
/// not be used after the engine's end.
class RemoteCall {
public:
    RemoteCall(ServiceContext& context, Session const& caller, Message message);

    /// Null when it has ended. Valid as ServiceContext::session() says.
    Session* caller() const;
    /// message().data() is what the client passed.
    Message const& message() const;

    void result(boost::json::value const& data);
    /// The same with JSON text.
    void result_json(std::string_view data_json);
    /// The same with bytes.
    void result(BinaryData const& binary);
    /// The client's callback is told that the call has failed, and this.
    void failure(boost::json::value const& data);

private:
    struct State;
    void answer(Message answer, std::string_view successful);

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
