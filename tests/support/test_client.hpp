#pragma once

#include <boost/json/array.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bayeux::testing {

/// Longer than anything here takes on a machine that is busy.
constexpr std::chrono::seconds patience{30};

struct HttpResponse {
    int status = 0; ///< 0: the connection ended before one began
    std::string head;
    std::string body;

    bool has(std::string_view header_line) const;
    /// The body of a Bayeux answer.
    boost::json::array messages() const;
};

/// A blocking HTTP client that does what it is told on one connection. Throws when nothing comes
/// for as long as `patience`, or when the other side resets the connection. One thread at a time.
class TestClient {
public:
    /// What the system may hold for us before we read, where that matters.
    struct ReceiveBuffer {
        int bytes;
    };

    explicit TestClient(std::uint16_t port);
    TestClient(std::uint16_t port, ReceiveBuffer buffer);
    ~TestClient();
    TestClient(TestClient&& other) noexcept;
    TestClient& operator=(TestClient&& other) noexcept;

    void send(std::string_view bytes);
    /// The last byte as urgent data of TCP.
    void send_urgently(std::string_view bytes);
    /// As much as can be sent without waiting; how much that was.
    std::size_t send_some(std::string_view bytes);
    HttpResponse read();
    HttpResponse post(std::string_view messages, std::string_view headers = {});
    /// The payload of the next frame of a WebSocket; throws when the connection ends before.
    std::string read_frame();
    /// Waits for more bytes, or the end; false when none came in time.
    bool has_more(std::chrono::milliseconds within);
    /// Reads to the end and says how many bytes there were.
    std::size_t drain();

    void end_sending();
    void close();
    /// Closes so that the other side sees a reset.
    void reset();

private:
    /// False at the end.
    bool receive();
    /// Removes so many bytes, as soon as they have come.
    std::string take(std::size_t size);

    int socket_;
    std::string received_;
};

/// What is answered without the engine.
constexpr std::string_view options_request = "OPTIONS /cometd HTTP/1.1\r\nHost: test\r\n\r\n";

/// A whole request with Bayeux messages, a JSON array.
std::string post_request(std::string_view messages, std::string_view headers = {});

/// A Bayeux session, on whatever connection it is told to use.
class TestSession {
public:
    /// Shakes hands and makes the first connect, so that the next one is held.
    explicit TestSession(TestClient& client);

    std::string const& id() const { return id_; }
    std::string connect() const;
    std::string connect_at_once() const;
    std::string subscribe(std::string_view channel) const;
    std::string publish(std::string_view channel, std::string_view data) const;

private:
    std::string message(std::string_view channel, std::string_view members) const;

    std::string id_;
};

bool is_successful(boost::json::value const& reply);

/// The data of the messages on `channel`, as JSON text.
std::string data_on(std::string_view channel, boost::json::array const& messages);

} // namespace bayeux::testing
