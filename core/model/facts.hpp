#pragma once
// Named figures that explain a reason, an alert or an event.
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pgcm {

using FactValue = std::variant<bool, std::int64_t, std::string>;

// Keys are snake_case with the unit last ("lag_bytes", "left_ms"); the order is the order of telling.
struct Fact {
    std::string key;
    FactValue value;
    bool operator==(const Fact&) const = default;
};
using Facts = std::vector<Fact>;

}  // namespace pgcm
