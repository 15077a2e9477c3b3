#pragma once
// Durations and sizes as the configuration file writes them: a whole number and a unit, "250ms" or "16MB".
#include <cstdint>
#include <string>
#include <string_view>

#include "model/error.hpp"
#include "model/time.hpp"

namespace pgcm::config {

// Units: ms, s, m (or min, as PostgreSQL has it), h, d. Error: usage; the hint shows a right spelling.
Result<milliseconds> parse_duration(std::string_view text);
// In the largest unit that leaves no rest: 90000 ms is "90s", 60000 ms is "1m".
std::string print_duration(milliseconds duration);

// Bytes. Units as in PostgreSQL: B, kB, MB, GB, TB, each 1024 of the one before. Error: as above.
Result<std::uint64_t> parse_size(std::string_view text);
std::string print_size(std::uint64_t bytes);

}  // namespace pgcm::config
