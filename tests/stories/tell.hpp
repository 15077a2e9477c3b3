#pragma once
// What speaks against a command, and alerts, as the lower half of a story. Stable: no addresses, no wall clock.
#include <string>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/view.hpp"

namespace pgcm::stories {

// As the endings of report/ending: each begins in the middle of a line and ends with a newline.
// Whether a person may do it.
std::string tell(const Reasons& against);
std::string tell(const Alerts& alerts, const View& view);

}  // namespace pgcm::stories
