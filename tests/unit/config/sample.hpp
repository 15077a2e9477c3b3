#pragma once
// Texts that several tests of the room start from.
#include <string>

#include "config/load.hpp"

namespace pgcm::config {

inline const std::string two_nodes = R"([cluster]
name = "orders"
[[node]]
name = "p1"
conninfo = "host=p1"
[[node]]
name = "p2"
conninfo = "host=p2"
)";

inline const std::string three_nodes = two_nodes + R"([[node]]
name = "p3"
conninfo = "host=p3"
)";

// "what" of the error, and the hint behind " | " where there is one.
inline std::string error_of(const std::string& toml, const Circumstances& around = {}, bool others_may_read = false) {
    const auto config = parse(toml, "f", around, others_may_read);
    if (config) return "no error";
    if (config.error().code != ErrorCode::usage) return "not a usage error: " + config.error().what;
    return config.error().what + (config.error().hint.empty() ? "" : " | " + config.error().hint);
}

}  // namespace pgcm::config
