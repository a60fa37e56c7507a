#pragma once

#include "bayeux/message.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace bayeux {

/// A message is not what its receiver can work with. Thrown by a listener or service it is the
/// answer to that message: `400::<what>`, or the failure of a remote call. It is logged and
/// counted. What it says is for the client to read, in UTF-8 (else with U+FFFD in it).
class BadMessage : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The members of an object in a message, each asked for by its name and type. What is missing, or
/// of another type, throws BadMessage with its name: "data.user must be text". Any thread.
class Fields {
public:
    /// `data`, which must be an object.
    explicit Fields(Message const& message);

    std::string text(std::string_view name) const;
    /// The same, and `otherwise` where it is absent or null.
    std::string text(std::string_view name, std::string_view otherwise) const;
    /// A whole number, also written as 3.0 or 3e2.
    std::int64_t integer(std::string_view name,
        std::int64_t min = std::numeric_limits<std::int64_t>::min(),
        std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
    /// Finite.
    double number(std::string_view name) const;
    bool boolean(std::string_view name) const;
    bool boolean(std::string_view name, bool otherwise) const;
    boost::json::array const& array(std::string_view name) const&;
    boost::json::array array(std::string_view name) && { return std::as_const(*this).array(name); }
    Fields object(std::string_view name) const;
    /// Any value; null when it is absent.
    boost::json::value const& value(std::string_view name) const&;
    boost::json::value value(std::string_view name) && { return std::as_const(*this).value(name); }
    bool has(std::string_view name) const { return !value(name).is_null(); }

    /// The exception for a member whose type is right and whose value is not:
    /// `throw data.bad("room", "must begin with /chat/")`.
    BadMessage bad(std::string_view name, std::string_view why) const;

private:
    Fields(std::string path, boost::json::object object);

    std::string path_; ///< for texts: "data", "data.position"
    boost::json::object object_;
};

} // namespace bayeux
