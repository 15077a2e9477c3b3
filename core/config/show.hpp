#pragma once
// The effective configuration in full: each key with its value, defaults included, secrets as "********".
#include <string>

#include "config/config.hpp"

namespace pgcm::config {

// TOML; parse() of it gives the same Config where there are no secrets. Keys without a value stand as comments.
std::string show(const Config& config);

// One JSON document, schema "pgcm.config/1", without a line break at its end.
std::string show_json(const Config& config);

}  // namespace pgcm::config
