#pragma once

#include "server/cli/bench/connection.hpp"
#include "server/cli/bench/http_answer.hpp"

namespace bayeux::cli {

/// An HTTP/1.1 client with one request at a time.
class HttpConnection : public Connection {
public:
    class Owner {
    public:
        virtual ~Owner() = default;

        /// To the last request; another may be sent at once. A Failure may be thrown.
        virtual void answered(HttpConnection& connection, HttpAnswer const& answer) = 0;
    };

    HttpConnection(Network& network, Owner& owner) : Connection(network), owner_(owner) {}

    /// @param text the whole request; the last one has been answered
    void request(std::string_view text);
    /// A POST to the path of the URL. `cookie` may be empty.
    void post(std::string_view cookie, std::string_view body);

    /// Whether an answer is awaited.
    bool busy() const { return busy_; }

    /// Forgets what is awaited.
    void close();

private:
    std::size_t take(std::string_view bytes) override;
    void lost(std::string const& why) override;

    Owner& owner_;
    bool busy_ = false;
};

/// `name=value` of the first cookie that an answer sets, empty without one.
std::string_view cookie_of(HttpAnswer const& answer);

} // namespace bayeux::cli
