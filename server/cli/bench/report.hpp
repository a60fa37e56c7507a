#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bayeux::cli {

/// What a run has found out: names, as bayeux(1) explains them, and values, in this order.
class Report {
public:
    using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<Report>>;

    void add(std::string name, Value value);
    /// Those of another one behind.
    void add(Report const& other);

    Value const* find(std::string_view name) const;

    /// One object on one line.
    std::string json() const;
    /// All on one line for people.
    std::string line() const;
    /// A line for each name; of a list, one for each report in it.
    std::string table() const;

private:
    std::vector<std::pair<std::string, Value>> entries_;
};

} // namespace bayeux::cli
