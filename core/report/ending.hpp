#pragma once
// Decisions and elections as the lower half of a story (tests/stories): what was decided, rule by rule, with its
// figures. Stable: no addresses, no wall clock.
#include <string>
#include <vector>

#include "model/decision.hpp"

namespace pgcm::report {

// Each begins in the middle of a line (the question stands before it) and ends with a newline.
// `leased`: with what is wished of the lease.
std::string ending(const Decision& decision, BootTime now, bool leased);
std::string ending(const Election& election);

// Its parts: the figures of a fact list, and columns as wide as their widest cell, two blanks between them.
std::string ending(const Facts& facts);
std::string ending(const Reasons& reasons);
using EndingRow = std::vector<std::string>;
std::string ending_table(const std::vector<EndingRow>& rows, std::string_view indent);

}  // namespace pgcm::report
