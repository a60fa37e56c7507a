#include "bayeux/request.hpp"

#include <stdexcept>

namespace bayeux {

RequestHead const& Request::head() const
{
    if (!kept_head)
        throw std::logic_error("the heads of requests are not kept: a service that reads them has "
                               "to call need_request_heads() in its constructor");
    return *kept_head;
}

} // namespace bayeux
