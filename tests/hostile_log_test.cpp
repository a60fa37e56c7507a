// What clients send cannot forge lines of the log, drive a terminal, or be found there as a secret.

#include "bayeux/fields.hpp"
#include "bayeux/service.hpp"
#include "tests/support/captured_standard_error.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/test_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>

using namespace bayeux;
using namespace bayeux::testing;

namespace {

/// Tells everything it hears to the log.
class Gossip : public BayeuxService {
public:
    explicit Gossip(ServiceContext& context) : BayeuxService(context, "gossip")
    {
        context.need_request_heads();
        on("/service/bad", [](Incoming& in) {
            throw BadMessage(Fields(in.message).text("text"));
            return Decision::allow();
        });
        on("/service/throws", [](Incoming& in) {
            throw std::runtime_error(Fields(in.message).text("text"));
            return Decision::allow();
        });
        on("/service/says", [this](Incoming& in) {
            this->context().log(LogLevel::debug,
                std::string(in.sender().user_agent()) + Fields(in.message).text("text"));
            return Decision::allow();
        });
    }
};

void install_gossip(Engine& engine)
{
    engine.install(std::make_unique<Gossip>(engine.context()));
}

} // namespace

BOOST_AUTO_TEST_CASE(no_client_can_forge_a_line_of_the_log_or_drive_a_terminal)
{
    CapturedStandardError const captured;
    std::string id;
    std::string cookie;
    {
        auto options = with_io_threads(0);
        options.trusted_proxy = {"127.0.0.1"};
        options.engine.trust_client_session = TrustClientSession::no;
        options.max_message_size = 2'000;
        RunningServer const server(options, install_gossip);
        server::init_log(LogLevel::debug);
        auto client = server.client();
        auto const shaken = client.post(
            R"([{"channel":"/meta/handshake"}])", "User-Agent: \x1b]0;owned\x07 \xff\xc2\x9b\r\n");
        if (shaken.status == 400) // control characters are no header
            client = server.client();
        auto const hands = client.post(
            R"([{"channel":"/meta/handshake"}])", "User-Agent: \xff\xc2\x9b\xe2\x80\xa8\r\n");
        id = hands.messages().at(0).as_object().at("clientId").as_string().c_str();
        auto const at = hands.head.find("BAYEUX_BROWSER=") + 15;
        cookie = hands.head.substr(at, hands.head.find(';', at) - at);
        auto const headers = "Cookie: BAYEUX_BROWSER=" + cookie + "\r\n";
        constexpr auto nasty =
            R"(a\n2026-01-01T00:00:00.000Z error forged\r\u001b[2J\u009b\u0000\u007f)";
        for (auto const* const channel : {"/service/bad", "/service/throws", "/service/says",
                 R"(/a\nb)", R"(/\u001b[2J)", "/__proto__"})
            client.post(R"([{"channel":")" + std::string(channel) + R"(","clientId":")" + id +
                            R"(","data":{"text":")" + nasty + R"("}}])",
                headers);
        client.post(
            R"([{"channel":"/a","clientId":")" + id + R"("}])", "Cookie: BAYEUX_BROWSER=x\r\n");
        client.post(R"([{"channel":"/a","clientId":")" + id + R"("}])",
            headers + "X-Forwarded-For: 1.2.3.4\xff, x\r\n");
        for (auto const* const bytes : {"\x1b[2J\n\n",
                 "GET /cometd\x1b HTTP/1.1\r\nHost: t\r\n\r\n", "PROXY TCP4 \x1b[2J 1 2 3\r\n"}) {
            auto other = server.client();
            other.send(bytes);
            BOOST_TEST(other.read().status == 400);
        }
        client.post('[' + std::string(3'000, ' ') + ']');
    }
    std::regex const line(
        R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error) [^\x00-\x1f\x7f]+)");
    std::istringstream lines(captured.text());
    int count = 0;
    for (std::string text; std::getline(lines, text); ++count) {
        BOOST_TEST(std::regex_match(text, line), text);
        BOOST_TEST(text.find("\xc2\x9b") == std::string::npos, text);
        BOOST_TEST(text.find(id) == std::string::npos, text);
        BOOST_TEST(text.find(cookie) == std::string::npos, text);
    }
    BOOST_TEST(count >= 7, captured.text());
    server::init_log(LogLevel::info);
}
