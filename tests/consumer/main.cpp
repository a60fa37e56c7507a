#include "bayeux/message.hpp"

#include <iostream>

int main()
{
    auto const parsed =
        bayeux::parse_batch(R"([{"channel":"/chat/demo","data":{"text":"hello"},"id":"1"}])");
    auto const* batch = std::get_if<bayeux::Batch>(&parsed);
    if (!batch) {
        std::cerr << std::get<bayeux::ParseError>(parsed).reason << '\n';
        return 1;
    }
    for (auto const& message : *batch)
        std::cout << message.channel() << ' ' << message.data_text() << '\n';
}
