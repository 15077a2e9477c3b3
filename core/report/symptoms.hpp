#pragma once
// What the doctor found, in words: what it is, why it matters, and exactly what mends it.
#include <string_view>

#include "model/finding.hpp"

namespace pgcm::report {

Finding told(const Symptom& symptom);

// One sentence without a stop at its end, the same for every finding of that code.
std::string_view why(FindingCode code);

}  // namespace pgcm::report
