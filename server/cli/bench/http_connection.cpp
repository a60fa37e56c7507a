#include "server/cli/bench/http_connection.hpp"

#include "server/cli/bench/failure.hpp"

namespace bayeux::cli {

void HttpConnection::request(std::string_view text)
{
    busy_ = true;
    send(text);
}

void HttpConnection::post(std::string_view cookie, std::string_view body)
{
    auto& text = network().scratch();
    text.append("POST ").append(network().path()).append(" HTTP/1.1\r\nHost: ");
    text.append(network().authority()).append("\r\nContent-Type: application/json\r\n");
    if (!cookie.empty()) {
        text.append("Cookie: ").append(cookie).append("\r\n");
    }
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
    text.append(body);
    request(text);
}

void HttpConnection::close()
{
    busy_ = false;
    Connection::close();
}

std::size_t HttpConnection::take(std::string_view bytes)
{
    auto const answer = first_answer(bytes, network().joined());
    if (!answer) {
        return 0;
    }
    if (!busy_) {
        throw Failure("the server answered without having been asked");
    }
    busy_ = false;
    if (header_value(answer->head, "connection") == "close") {
        Connection::close();
    }
    owner_.answered(*this, *answer);
    return answer->length;
}

void HttpConnection::lost(std::string const& why)
{
    // While nothing is awaited the server may well have enough of it.
    if (busy_) {
        throw Failure("a connection was lost before the answer: " + why);
    }
}

std::string_view cookie_of(HttpAnswer const& answer)
{
    auto const cookie = header_value(answer.head, "set-cookie").value_or("");
    return cookie.substr(0, cookie.find(';'));
}

} // namespace bayeux::cli
