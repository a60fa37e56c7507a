#include "services/services.hpp"

#include "services/calculator.hpp"
#include "services/chat.hpp"
#include "services/echo.hpp"
#include "services/monitor.hpp"
#include "services/pad.hpp"
#include "services/presence.hpp"
#include "services/reverse_http.hpp"
#include "services/ticker.hpp"

namespace bayeux::services {

/// A new service is a line here.
std::vector<ServiceType> types()
{
    return {
        ServiceType::of<Calculator>("calculator", "remote calls that calculate"),
        ServiceType::of<Chat>("chat", "rooms with member lists and private messages"),
        ServiceType::of<Echo>("echo", "what a client sends comes back to it"),
        ServiceType::of<Monitor>("monitor", "who subscribes to what"),
        ServiceType::of<Pad>("pad", "texts that several people write at the same time"),
        ServiceType::of<Presence>("presence", "who is on a channel"),
        ServiceType::of<ReverseHttp>("reverse-http", "HTTP requests that a page answers"),
        ServiceType::of<Ticker>("ticker", "made-up prices, the latest of each stock"),
    };
}

} // namespace bayeux::services
