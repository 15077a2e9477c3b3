#pragma once
// Decisions, elections and alerts as the lower half of a story. Stable: no addresses, no wall clock.
#include <string>

#include "model/alert.hpp"
#include "model/decision.hpp"
#include "model/view.hpp"

namespace pgcm::stories {

// Each begins in the middle of a line (the question stands before it) and ends with a newline.
// `leased`: with what is wished of the lease.
std::string tell(const Decision& decision, BootTime now, bool leased);
std::string tell(const Election& election);
// Whether a person may do it.
std::string tell(const Reasons& against);
std::string tell(const Alerts& alerts, const View& view);

}  // namespace pgcm::stories
