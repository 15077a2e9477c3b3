#pragma once
// Figures and foreign text as people read them. The one place for both.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/time.hpp"

namespace pgcm::report {

// "0 B", "232 B", "1.5 KiB", "12 GiB": one decimal below ten.
std::string size(std::uint64_t bytes);
// "512 MiB of 2.0 GiB, 25 %"; nothing to copy is no hundred percent of it.
std::string portion(std::uint64_t done_bytes, std::uint64_t total_bytes);
// "0 ms", "250 ms", "1.2 s", "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h"; below 10 ms with a decimal ("1.8 ms").
std::string duration(nanoseconds span);
// "2024-05-01 12:34:56 UTC".
std::string time(WallTime moment);
// server_version_num as PostgreSQL writes it: 150008 is "15.8".
std::string version(int number);

// Text of servers and people, safe for a terminal: one line, every control character, direction mark and byte that is
// not UTF-8 as \x1B, runs of white space as one space.
std::string printable(std::string_view text);

// Columns of a terminal that printable UTF-8 takes: wide characters two, combining ones none.
std::size_t columns(std::string_view text);

}  // namespace pgcm::report
